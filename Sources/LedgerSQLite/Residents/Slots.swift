/// Values reached by an integer handle, which stays theirs until they are removed.
///
/// Memory of its own rather than an array: a value is used where it lies, and a removed one is gone.
struct Slots<Value>: ~Copyable {
    private var values: UnsafeMutablePointer<Value>
    private var capacity: Int
    /// Whether each handle ever given is in use.
    private var isUsed: [Bool] = []
    private var free: [Int32] = []

    init() {
        capacity = 16
        values = .allocate(capacity: capacity)
    }

    deinit {
        for (handle, isUsed) in isUsed.enumerated() where isUsed {
            (values + handle).deinitialize(count: 1)
        }
        values.deallocate()
    }

    var count: Int { isUsed.count - free.count }

    /// One more than the greatest handle ever given.
    var end: Int32 { Int32(truncatingIfNeeded: isUsed.count) }

    borrowing func contains(_ handle: Int32) -> Bool { isUsed[Int(handle)] }

    /// - Parameter handle: one that is in use.
    subscript(handle: Int32) -> Value {
        unsafeAddress { UnsafePointer(values + Int(handle)) }
        unsafeMutableAddress { values + Int(handle) }
    }

    mutating func insert(_ value: Value) -> Int32 {
        let handle = free.popLast() ?? end
        if handle == end {
            if isUsed.count == capacity { grow() }
            isUsed.append(true)
        } else {
            isUsed[Int(handle)] = true
        }
        (values + Int(handle)).initialize(to: value)
        return handle
    }

    mutating func remove(_ handle: Int32) {
        (values + Int(handle)).deinitialize(count: 1)
        isUsed[Int(handle)] = false
        free.append(handle)
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Value>.allocate(capacity: capacity * 2)
        for (handle, isUsed) in isUsed.enumerated() where isUsed {
            (larger + handle).moveInitialize(from: values + handle, count: 1)
        }
        values.deallocate()
        values = larger
        capacity *= 2
    }
}
