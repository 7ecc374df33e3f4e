import CLibrary
import FoundationEssentials
import PostroomCore

/// The forms that a text can take in a log.
struct LeakedForms {
    let form: String
    let text: String

    /// Every form of each text: as it is, as a printed array of bytes, in hexadecimal, and in base64.
    static func all(of secrets: [String]) -> [LeakedForms] {
        Set(secrets).sorted().flatMap(forms)
    }

    /// The form in which one of them is in a text, or `nil` where none is.
    static func first(of forms: [LeakedForms], in text: String) -> String? {
        var text = text
        // Logs of long runs have many megabytes; comparing characters would take longer than the run.
        return text.withUTF8 { bytes in
            forms.first { form in has(UnsafeRawBufferPointer(bytes), Array(form.text.utf8)) }?.form
        }
    }

    private static func has(_ bytes: UnsafeRawBufferPointer, _ wanted: [UInt8]) -> Bool {
        guard let first = wanted.first, var place = bytes.baseAddress else { return false }
        let end = place + bytes.count
        while end - place >= wanted.count, let found = memchr(place, Int32(first), end - place) {
            place = UnsafeRawPointer(found)
            guard end - place >= wanted.count else { return false }
            if memcmp(place, wanted, wanted.count) == 0 {
                return true
            }
            place += 1
        }
        return false
    }

    private static func forms(_ secret: String) -> [LeakedForms] {
        let bytes = Array(secret.utf8)
        return [
            LeakedForms(form: "text", text: secret),
            LeakedForms(form: "an array", text: bytes.map(String.init).joined(separator: ", ")),
            LeakedForms(form: "hexadecimal", text: Hexadecimal.encode(bytes)),
        ] + (0..<3).map { LeakedForms(form: "base64", text: base64(bytes, after: $0)) }
    }

    /// The digits that depend on nothing but these bytes, wherever they stand in what is encoded.
    private static func base64(_ bytes: [UInt8], after count: Int) -> String {
        let all = Data(Array(repeating: 0, count: count) + bytes).base64EncodedString()
        let first = (count * 8 + 5) / 6
        let last = (count + bytes.count) * 8 / 6
        return String(all.prefix(last).dropFirst(first))
    }
}
