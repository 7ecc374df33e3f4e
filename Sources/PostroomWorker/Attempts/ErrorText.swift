import PostroomCore

/// What is recorded of an error: its type and what it says of itself, in no language but its author's.
func errorText(_ error: any Error) -> String {
    if case .permanent(let reason) = error as? HandlerError {
        return reason
    }
    let type = String(describing: type(of: error))
    let text = String(describing: error)
    return text.hasPrefix(type) ? text : "\(type): \(text)"
}
