/// What ends the process of whoever handles it.
enum ChaosPoison {
    /// What its body has and no other.
    static let mark = #""poison":true"#

    /// Whether a body has it.
    static func isIn(_ body: [UInt8]) -> Bool {
        String(decoding: body, as: UTF8.self).contains(mark)
    }
}
