import PostroomInbox

/// The notice of a list that gave up before its end.
enum SearchNotice {
    /// Fails where a search gave up, after what it found was written: a short list must not pass for a whole one.
    ///
    /// - Parameters:
    ///   - listing: What was found.
    ///   - limit: How many were wanted.
    ///   - things: What they are, in the plural.
    /// - Throws: ``CommandFailure`` with the status that asks to try again, and with what to add to the command.
    static func check<Element>(_ listing: Listing<Element>, limit: Int, _ things: String) throws {
        guard let stop = listing.stop else { return }
        throw CommandFailure(.tryAgain, text(found: listing.found.count, limit: limit, stop, things))
    }

    /// The same in words.
    static func text(found: Int, limit: Int, _ stop: SearchStop, _ things: String) -> String {
        """
        stopped after looking at \(HumanText.count(stop.looked)) \(things), with \(found) of \(limit) found; there may be \
        more: go on with --before \(stop.before), or narrow it with --since and --until
        """
    }
}
