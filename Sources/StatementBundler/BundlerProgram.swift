import CLibrary
import FoundationEssentials

/// Turns the SQL files under `sql/`, the tables of event types under `Sources/PostroomSources` and the files that the console
/// sends to browsers into Swift, or checks that this was done.
///
/// `StatementBundler [--check] [ROOT]`, where ROOT is the checkout, by default the current folder. It is quiet on
/// success; it exits 1 on a mistake in these files or on stale output, 64 on wrong usage.
@main
enum BundlerProgram {
    static func main() {
        guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
            say("usage: StatementBundler [--check] [ROOT]")
            exit(64)
        }
        do {
            let checkout = Checkout(root: arguments.root)
            let files = try checkout.render()
            try arguments.isCheck ? checkout.check(files) : checkout.write(files)
        } catch let failure as BundlerFailure {
            failure.lines.forEach(say)
            exit(1)
        } catch {
            say("can't read or write below \(arguments.root): \(error)")
            exit(1)
        }
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// The request of a command line.
struct Arguments: Equatable {
    var isCheck = false
    var root = "."

    /// Reads the words after the program's name; `nil` where they make no sense.
    init?(_ words: some Sequence<String>) {
        var hasRoot = false
        for word in words {
            if word == "--check" {
                isCheck = true
            } else if !word.hasPrefix("-"), !hasRoot {
                root = word
                hasRoot = true
            } else {
                return nil
            }
        }
    }
}

/// A mistake in a SQL file.
struct Mistake: Error, Equatable, CustomStringConvertible {
    /// The file, as seen from the checkout.
    var file: String
    /// The line, from 1.
    var line: Int
    /// The problem, as a clause.
    var problem: String
    /// The remedy, as an imperative.
    var advice: String

    var description: String {
        "\(file):\(line): \(problem); \(advice)"
    }
}

/// The reasons that keep the bundler from its work, a line each.
struct BundlerFailure: Error, Equatable {
    var lines: [String]
}
