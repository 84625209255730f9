/// How units become an amount: a closed set, one model a file.
///
/// Indirect, for the models differ much in size: a price stays small and cheap to pass on.
package indirect enum PriceModel: Hashable, Sendable {
    case perUnit(PerUnitPrice)
    case graduated(GraduatedPrice)
    case volume(VolumePrice)
    case package(PackagePrice)
    case graduatedPackage(GraduatedPackagePrice)
    case volumePackage(VolumePackagePrice)
    case percentage(PercentagePrice)
    case graduatedPercentage(GraduatedPercentagePrice)
    case stairstep(StairstepPrice)
    case dynamic(DynamicPrice)

    /// A model's name in the contract.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case perUnit, graduated, volume, package, graduatedPackage, volumePackage, percentage
        case graduatedPercentage, stairstep, dynamic
    }

    package var kind: Kind {
        switch self {
        case .perUnit: .perUnit
        case .graduated: .graduated
        case .volume: .volume
        case .package: .package
        case .graduatedPackage: .graduatedPackage
        case .volumePackage: .volumePackage
        case .percentage: .percentage
        case .graduatedPercentage: .graduatedPercentage
        case .stairstep: .stairstep
        case .dynamic: .dynamic
        }
    }
}

extension PriceModel.Kind {
    /// The model is priced by transactions, one by one as they arrive, and not by their sum.
    package var takesTransactions: Bool { self == .percentage }

    /// The model prices money, so its charge needs a meter that sums.
    package var requiresSum: Bool { self == .percentage || self == .dynamic }

    /// Included units and a unit conversion mean something to the model.
    package var takesUnitOptions: Bool { !requiresSum }
}

extension PriceModel {
    /// Adds what `usage` costs to `sink`, before maximum and minimum.
    ///
    /// - Parameters:
    ///   - usage: what came in; only `percentage` looks at its transactions.
    ///   - units: what is left of it to price: converted, less the included units, not negative.
    func price(
        _ usage: PricedUsage, units: Fraction, zeroUsage: ZeroUsageFlatFee,
        into sink: inout some AmountSink
    ) throws(ArithmeticError) {
        switch self {
        case .perUnit(let price): try price.price(units, into: &sink)
        case .graduated(let price): try price.price(units, zeroUsage, into: &sink)
        case .volume(let price): try price.price(units, zeroUsage, into: &sink)
        case .package(let price): try price.price(units, into: &sink)
        case .graduatedPackage(let price): try price.price(units, into: &sink)
        case .volumePackage(let price): try price.price(units, into: &sink)
        case .percentage(let price): try price.price(usage.fees(for: price), into: &sink)
        case .graduatedPercentage(let price): try price.price(units, zeroUsage, into: &sink)
        case .stairstep(let price): try price.price(units, zeroUsage, into: &sink)
        case .dynamic(let price): try price.price(units, into: &sink)
        }
    }

    /// How many entries a breakdown has room for before it must grow.
    var expectedEntries: Int {
        let tiers: Int
        switch self {
        case .graduated(let price): tiers = price.tiers.count
        case .graduatedPackage(let price): tiers = price.tiers.count
        case .graduatedPercentage(let price): tiers = price.tiers.count
        case .percentage: tiers = 6
        case .perUnit, .volume, .package, .volumePackage, .stairstep, .dynamic: tiers = 1
        }
        return min(tiers, 8)
    }
}
