package import PostroomReceiver

extension ValueFormat where Value == AddressRange {
    /// An IP address, or a range of them.
    package static let addressRange = ValueFormat("an IP address or a range such as 10.0.0.0/8 or fd00::/8") { text in
        AddressRange(text)
    } write: {
        $0.description
    }
}
