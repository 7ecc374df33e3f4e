import NIOCore
import Testing

@testable import PostroomReceiver

@Suite("The memory for bodies")
struct BudgetTests {
    @Test("a body's memory grows with what came, not with what was announced")
    func slowSender() {
        let budget = IntakeBudget(requests: 1, bytes: 1 << 30)
        var body = BodyBuffer()
        for _ in 0..<100 {
            #expect(body.append(ByteBuffer(bytes: [1]), announced: 8 << 20, budget: budget) == true)
        }
        #expect(body.bytes.count == 100)
        #expect(budget.bytes == body.charged)
        #expect(body.charged <= 200)
    }

    @Test(
        "memory at least fits, at most doubles, and stays within what was announced",
        arguments: [
            (needed: 10, current: 0, announced: nil, capacity: 10), (10, 10, nil, 10), (11, 10, nil, 20),
            (30, 10, nil, 30), (11, 10, 15, 15), (11, 10, 100, 20), (20, 10, 15, 20), (5, 10, 5, 10),
        ] as [(needed: Int, current: Int, announced: Int?, capacity: Int)]
    )
    func capacity(row: (needed: Int, current: Int, announced: Int?, capacity: Int)) {
        #expect(BodyBuffer.capacity(for: row.needed, current: row.current, announced: row.announced) == row.capacity)
    }

    @Test("a body for which there is no room stays as it was, and so does the budget")
    func exhausted() {
        let budget = IntakeBudget(requests: 1, bytes: 10)
        var body = BodyBuffer()
        #expect(body.append(ByteBuffer(bytes: [1, 2, 3, 4, 5, 6]), announced: nil, budget: budget) == true)
        #expect(body.append(ByteBuffer(bytes: [7, 8, 9, 10, 11, 12]), announced: nil, budget: budget) == false)
        #expect(body.bytes == [1, 2, 3, 4, 5, 6])
        #expect(budget.bytes == body.charged)
        budget.giveBack(bytes: body.charged)
        #expect(budget.bytes == 0)
    }

    @Test("long bodies leave a quarter of the memory to short ones")
    func shortBodiesFirst() {
        let budget = IntakeBudget(requests: 1, bytes: 400_000)
        #expect(budget.takeBytes(300_000, held: 0))
        #expect(!budget.takeBytes(100_000, held: 0))
        #expect(!budget.takeBytes(1, held: 64 * 1024))
        #expect(budget.takeBytes(64 * 1024, held: 0))
        #expect(!budget.takeBytes(64 * 1024, held: 0))
    }

    @Test("no more requests are let in than allowed, and room that is given back can be taken again")
    func requests() {
        let budget = IntakeBudget(requests: 2, bytes: 0)
        #expect(budget.takeRequest() && budget.takeRequest())
        #expect(!budget.takeRequest())
        budget.giveBack(requests: 1, bytes: 0)
        #expect(budget.takeRequest())
        #expect(budget.requests == 2)
    }

    @Test("no more connections are let in than allowed")
    func connections() {
        let gate = ConnectionGate(limit: 4)
        let entered = (0..<5).map { _ in gate.enter() }
        #expect(entered == [true, true, true, true, false])
        #expect(gate.isCrowded)
        gate.leave()
        #expect(!gate.isCrowded)
        #expect(gate.enter())
        #expect(ConnectionGate.affordable(10) == 10)
        #expect(ConnectionGate.affordable(.max) < .max)
    }
}
