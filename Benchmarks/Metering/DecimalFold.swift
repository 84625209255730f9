import Foundation

/// The baseline: a count, a sum and a percentage's fees kept with Foundation's `Decimal`.
struct DecimalFold {
    let rate: Decimal
    let fixedFee: Decimal
    let freeAmount: Decimal
    let minimum: Decimal
    let maximum: Decimal

    var count = 0
    var sum: Decimal = 0
    var volume: Decimal = 0
    var fees: Decimal = 0

    mutating func fold(_ amount: Decimal) {
        count += 1
        sum += amount
        let free = max(0, min(amount, freeAmount - volume))
        volume += amount
        if free == amount { return }
        let fee = (amount - free) * rate / 100 + fixedFee
        fees += min(max(fee, minimum), maximum)
    }
}
