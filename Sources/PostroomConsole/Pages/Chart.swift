import PostroomCore

/// A plot of values over an hour, drawn here so that a page needs no script for it.
struct Chart: Sendable {
    /// The things that it shows.
    let title: String
    /// One value a minute, the newest last; `nil` where nothing is known of a minute.
    let values: [Double?]
    /// The colour: `calm`, `good`, `bad` or `warn`.
    let tone: String
    /// True for durations in seconds, which have other round numbers.
    var isDuration = false
    /// Writes a value with its unit.
    let label: @Sendable (Double) -> String

    private static let width = 600.0
    private static let height = 120.0

    /// Draws it, with the newest value and the highest as text.
    var html: HTML {
        let known = values.compactMap(\.self)
        let newest = values.last { $0 != nil } ?? nil
        let top = Self.ceiling(of: known.max() ?? 0, isDuration: isDuration)
        let summary =
            known.isEmpty
            ? "\(title): nothing is known of the last hour"
            : "\(title) of the last hour: now \(label(newest ?? 0)), at most \(label(known.max() ?? 0))"
        return """
            <figure class="chart \(tone)"><figcaption><span>\(title)</span><strong>\(known.isEmpty ? "–" : label(newest ?? 0))</strong>\
            </figcaption><div class="plot"><span class="peak">\(label(top))</span>\
            <svg viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label="\(summary)">\
            <path class="grid" d="M0 40H600M0 80H600"/>\(curves(top))</svg></div>\
            <div class="hours"><span>an hour ago</span><span>now</span></div></figure>
            """
    }

    /// The areas and lines of each run of minutes that are known.
    private func curves(_ top: Double) -> [HTML] {
        var runs: [[(x: Double, y: Double)]] = [[]]
        let step = Self.width / Double(max(values.count - 1, 1))
        for (minute, value) in values.enumerated() {
            guard let value else {
                runs.append([])
                continue
            }
            let y = Self.height - 2 - value / top * (Self.height - 6)
            runs[runs.count - 1].append((Double(minute) * step, y))
        }
        return runs.filter { !$0.isEmpty }
            .map { run in
                let line = run.map { "\(Self.short($0.x)) \(Self.short($0.y))" }.joined(separator: "L")
                let first = Self.short(run[0].x)
                let last = Self.short(run[run.count - 1].x)
                return """
                    <path class="area" d="M\(first) 120L\(line)L\(last) 120Z"/><path class="line" d="M\(line)"/>
                    """
            }
    }

    /// A number with one digit after the point.
    private static func short(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
    }

    /// The next round number that is no lower.
    static func ceiling(of value: Double, isDuration: Bool = false) -> Double {
        let times: [Double] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400]
        if isDuration, let time = times.first(where: { $0 >= value }) {
            return time
        }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map { $0 * power }.first { $0 >= value } ?? power * 10
    }
}
