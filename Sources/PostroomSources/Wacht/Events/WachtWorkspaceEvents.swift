import PostroomCore

extension Wacht {
    /// A workspace came to be.
    public struct WorkspaceCreated: WachtWorkspaceEvent {
        /// `workspace.created`.
        public static let eventTypes = ["workspace.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The workspace: all of it, or a few fields.
        public let workspace: Workspace
    }

    /// A workspace changed.
    public struct WorkspaceUpdated: WachtWorkspaceEvent {
        /// `workspace.updated`.
        public static let eventTypes = ["workspace.updated"]

        /// What the envelope says.
        public let notice: Notice
        /// The workspace: all of it, or a few fields.
        public let workspace: Workspace
    }

    /// A workspace was deleted.
    public struct WorkspaceDeleted: WachtWorkspaceEvent {
        /// `workspace.deleted`.
        public static let eventTypes = ["workspace.deleted"]

        /// What the envelope says.
        public let notice: Notice
        /// The workspace: all of it, or a few fields.
        public let workspace: Workspace
    }
}
