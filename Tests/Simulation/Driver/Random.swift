import TestRandom

extension SeededRandom {
    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

    /// One of some; never called with none.
    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[int(0...elements.count - 1)]
    }
}
