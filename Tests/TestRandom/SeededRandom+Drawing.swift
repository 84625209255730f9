extension SeededRandom {
    package mutating func int(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    package mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

    package mutating func chance(_ one: Int, in all: Int) -> Bool { int(1...all) <= one }

    /// One of some; never called with none.
    package mutating func element<Element>(_ elements: [Element]) -> Element {
        elements[int(0...elements.count - 1)]
    }
}
