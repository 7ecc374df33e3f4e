// What `import Postroom` brings beside PostroomProgram: the words of the library, the typed events of every source, and
// the logger that handlers are given.

@_exported public import Logging
@_exported public import PostroomCore
@_exported public import PostroomSources
