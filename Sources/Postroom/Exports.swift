// The modules that come with `import Postroom`: the words of the library, the typed events of every source, the logger that
// handlers are given, and the protocol of a program's services; and of the store what programs call by its name.

@_exported public import Logging
@_exported public import PostroomCore
@_exported public import PostroomSources
@_exported public import ServiceLifecycle

@_exported public import struct PostroomInbox.EnqueueClient
@_exported public import struct PostroomInbox.EnqueueStatement
