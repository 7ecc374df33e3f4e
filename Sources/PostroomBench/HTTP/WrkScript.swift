/// The load generator's script, and its report.
enum WrkScript {
    /// Each thread counts its own requests, so that no two have the same key.
    static func text(_ load: SignedLoad) -> String {
        """
        local threads = 0
        function setup(thread)
            thread:set("number", threads)
            threads = threads + 1
        end

        function init(arguments)
            sent = 0
            head = \(literal(Array(load.head.utf8)))
            tail = \(literal(load.tail))
        end

        function request()
            sent = sent + 1
            return head .. string.format("%d", number * 1000000000 + sent) .. tail
        end

        function done(summary, latency, requests)
            local errors = summary.errors
            io.write(string.format("postroom-bench %d %d %d %d %d %d\\n", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(90), latency:percentile(99),
                errors.connect + errors.read + errors.write + errors.timeout))
        end
        """
    }

    /// Finds the line that the script writes.
    static func read(_ output: String) -> LoadGenerator.Result? {
        for line in output.split(separator: "\n") where line.hasPrefix("postroom-bench ") {
            let numbers = line.split(separator: " ").dropFirst().compactMap { Int64($0) }
            guard numbers.count == 6 else { return nil }
            return LoadGenerator.Result(
                requests: Int(numbers[0]),
                elapsed: .microseconds(numbers[1]),
                latencies: Percentiles(
                    p50: .microseconds(numbers[2]),
                    p90: .microseconds(numbers[3]),
                    p99: .microseconds(numbers[4])
                ),
                unanswered: Int(numbers[5])
            )
        }
        return nil
    }

    /// Bytes as a text of Lua.
    private static func literal(_ bytes: [UInt8]) -> String {
        var text = "\""
        for byte in bytes {
            switch byte {
            case 0x20...0x7E where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return text + "\""
    }
}
