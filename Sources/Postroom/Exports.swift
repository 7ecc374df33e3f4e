// The modules that come with `import Postroom`: the words of the library, the typed events of every source, the logger that
// handlers are given, and the protocol of a program's services.

@_exported public import Logging
@_exported public import PostroomCore
@_exported public import PostroomSources
@_exported public import ServiceLifecycle
