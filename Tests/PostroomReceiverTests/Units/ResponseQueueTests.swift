import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("The order of responses")
struct ResponseQueueTests {
    private static let form = ResponseForm(keepsAlive: true, isHTTP10: false, omitsBody: false)

    private static func response(_ id: Int64) -> Response {
        .stored(IntakeReceipt(id: DeliveryID(rawValue: id), isDuplicate: false))
    }

    @Test(
        "answers leave in the order of their requests, whatever the order they come in",
        arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1]]
    )
    func order(filled: [Int]) {
        var queue = ResponseQueue()
        let numbers = (0..<3).map { _ in queue.open(Self.form) }
        var left: [Response] = []
        for index in filled {
            queue.fill(numbers[index], with: Self.response(Int64(index)))
            while let next = queue.next() {
                left.append(next.response)
            }
        }
        #expect(left == (0..<3).map(Self.response))
        #expect(queue.isEmpty)
    }

    @Test("only the first answer to a request counts, and a late one changes nothing")
    func firstResponse() {
        var queue = ResponseQueue()
        let number = queue.open(Self.form)
        queue.fill(number, with: .unavailable)
        queue.fill(number, with: Self.response(1))
        #expect(queue.next()?.response == .unavailable)
        queue.fill(number, with: Self.response(1))
        #expect(queue.next() == nil)
    }

    @Test("a 100 is due only to the sender that is next, before it is answered, and once")
    func continuation() {
        var queue = ResponseQueue()
        let first = queue.open(Self.form)
        let second = queue.open(Self.form, wantsContinue: true)
        #expect(queue.takeContinue() == false)
        queue.fill(first, with: .notPost)
        _ = queue.next()
        #expect(queue.takeContinue() == true)
        #expect(queue.takeContinue() == false)
        queue.fill(second, with: .overloaded)
        let third = queue.open(Self.form, wantsContinue: true)
        _ = queue.next()
        queue.fill(third, with: .overloaded)
        #expect(queue.takeContinue() == false)
    }

    @Test("the connection ends with the answer that closes it, or with the last one")
    func closing() {
        var queue = ResponseQueue()
        let first = queue.open(Self.form)
        let second = queue.open(Self.form)
        queue.closeAfterLast()
        queue.fill(first, with: .notPost)
        queue.fill(second, with: .notPost)
        #expect(queue.next()?.form.keepsAlive == true)
        #expect(queue.next()?.form.keepsAlive == false)
    }
}
