import PostroomCore

/// The part of a handler's limits that this worker may use: decisions only.
///
/// A claim asks for permits, each claimed job holds one, and it comes back when the attempt has returned: also one that was
/// given up and goes on. The cells of a rate are used by claims, and expire.
struct LimitGateState {
    /// `true` where the handler has a limit over all processes.
    let hasShare: Bool
    /// The cells of the rate, if it has one.
    let rate: CellRate?
    private(set) var share = (slots: 0, target: 0)
    /// The number of jobs that were claimed and whose attempts have not returned.
    private(set) var used = 0
    /// The number of jobs that claims under way may bring.
    private var asked = 0
    private var cells = 0
    /// The time at which the cells expire.
    private(set) var cellsEnd = Duration.zero
    /// The time before which there is no cell to take.
    private(set) var nextCellAt: Duration?
    private var wantsSignal = false
    /// `true` while a permit and a cell are kept for a suspect that is about to be claimed.
    private var isKept = false

    init(hasShare: Bool, rate: CellRate?) {
        self.hasShare = hasShare
        self.rate = rate
    }

    /// The number of permits that are left of the share.
    var permits: Int {
        hasShare ? max(0, min(share.slots, share.target) - used - asked) : .max
    }

    /// `true` where the share has slots that the worker must give back and does not use.
    var canShrink: Bool {
        hasShare && share.slots > max(share.target, used + asked)
    }

    /// `true` where the worker has fewer slots than it should have.
    var isShort: Bool {
        hasShare && share.slots < share.target
    }

    /// The number of slots that stay with the worker until it hears of its share, whatever happens meanwhile.
    var kept: Int {
        max(used + asked, min(share.slots, share.target))
    }

    /// Returns the number of jobs that may be claimed.
    func available(at now: Duration) -> Int {
        max(0, room(at: now) - (isKept ? 1 : 0))
    }

    /// Returns the number of jobs that may be claimed, a suspect included.
    private func room(at now: Duration) -> Int {
        min(permits, validCells(at: now))
    }

    private func validCells(at now: Duration) -> Int {
        rate == nil ? .max : now < cellsEnd ? cells : 0
    }

    // MARK: - The share

    /// Takes over a share.
    ///
    /// - Returns: `true` where the retry signal is to be raised: there are permits.
    mutating func adjusted(_ share: HandlerShare?) -> Bool {
        self.share = (share?.slots ?? 0, share?.target ?? 0)
        return shouldSignal()
    }

    // MARK: - The rate

    /// Tells whether cells are to be taken before a claim.
    func wantsCells(at now: Duration) -> Bool {
        rate != nil && permits > 0 && validCells(at: now) == 0 && nextCellAt.map { $0 <= now } ?? true
    }

    /// Takes over cells.
    ///
    /// - Parameters:
    ///   - lot: The cells; `nil` where no job is due.
    ///   - askedAt: The time at which they were asked for: their life began after that.
    ///   - now: The time of the reply.
    mutating func took(_ lot: CellLot?, askedAt: Duration, at now: Duration) {
        guard let rate else { return }
        cells = lot?.count ?? 0
        cellsEnd = askedAt + rate.life
        nextCellAt = lot.map { now + $0.wait }
    }

    // MARK: - Claims

    /// Sets permits and cells aside for a claim.
    mutating func ask(_ count: Int) {
        asked += count
        cells -= rate == nil ? 0 : count
    }

    /// Ends a claim.
    ///
    /// - Parameters:
    ///   - count: The number that was asked for.
    ///   - claimed: The number of jobs that it brought; the cells of the others can be used until they expire.
    /// - Returns: `true` where the retry signal is to be raised.
    mutating func answered(_ count: Int, claimed: Int) -> Bool {
        asked -= count
        cells += rate == nil ? 0 : max(0, count - claimed)
        return shouldSignal()
    }

    /// A job was claimed; it holds a permit.
    mutating func began() {
        used += 1
    }

    /// A permit came back.
    ///
    /// - Returns: `true` where the retry signal is to be raised.
    mutating func ended() -> Bool {
        used -= 1
        return shouldSignal()
    }

    // MARK: - Signals

    /// Asks for the retry signal once there is room; a cell that is not there yet has its time.
    ///
    /// - Returns: `false` where there is room, or cells may be there to take: the limits are not what the claim waits for.
    mutating func requestSignal(at now: Duration) -> Bool {
        guard available(at: now) == 0 else { return false }
        wantsSignal = permits == 0 || isKept
        return wantsSignal || nextCellAt.map { $0 > now } ?? true
    }

    private mutating func shouldSignal() -> Bool {
        guard wantsSignal, permits > (isKept ? 1 : 0) else { return false }
        wantsSignal = false
        return true
    }

    // MARK: - Suspects

    /// Keeps the next permit and cell for a suspect.
    ///
    /// - Returns: `true` where there are some now.
    mutating func keep(at now: Duration) -> Bool {
        isKept = true
        return room(at: now) > 0
    }

    /// Tells whether what is kept for a suspect is there.
    func isReady(at now: Duration) -> Bool {
        isKept && room(at: now) > 0
    }

    /// Takes note that a suspect was claimed, which holds its permit by now.
    mutating func usedForSuspect() {
        isKept = false
        cells -= rate == nil ? 0 : 1
    }

    /// Keeps nothing any longer.
    ///
    /// - Returns: `true` where the retry signal is to be raised.
    mutating func release() -> Bool {
        isKept = false
        return shouldSignal()
    }
}
