package import JSON

extension Price {
    /// Reads a price as the contract writes it, and notes everything that is wrong with it.
    ///
    /// - Returns: nil if anything was noted.
    package init?(_ value: FieldValue) {
        let faults = value.issues.all.count
        guard var fields = value.object() else { return nil }
        guard let kind = fields.required("model")?.choice(PriceModel.Kind.self) else { return nil }
        let model = PriceModel(kind, &fields)
        let options = PriceOptions(kind, &fields)
        fields.refuseUnknown()
        guard let model, value.issues.all.count == faults else { return nil }
        self.init(model, options: options)
    }
}

extension PriceModel {
    fileprivate init?(_ kind: Kind, _ fields: inout FieldReader) {
        let model: PriceModel? =
            switch kind {
            case .perUnit: PerUnitPrice(&fields).map(Self.perUnit)
            case .graduated: GraduatedPrice(&fields).map(Self.graduated)
            case .volume: VolumePrice(&fields).map(Self.volume)
            case .package: PackagePrice(&fields).map(Self.package)
            case .graduatedPackage: GraduatedPackagePrice(&fields).map(Self.graduatedPackage)
            case .volumePackage: VolumePackagePrice(&fields).map(Self.volumePackage)
            case .percentage: PercentagePrice(&fields).map(Self.percentage)
            case .graduatedPercentage:
                GraduatedPercentagePrice(&fields).map(Self.graduatedPercentage)
            case .stairstep: StairstepPrice(&fields).map(Self.stairstep)
            case .dynamic: DynamicPrice(&fields).map(Self.dynamic)
            }
        guard let model else { return nil }
        self = model
    }

    fileprivate func writeMembers(to writer: inout JSONWriter) {
        switch self {
        case .perUnit(let price): price.writeMembers(to: &writer)
        case .graduated(let price): price.writeMembers(to: &writer)
        case .volume(let price): price.writeMembers(to: &writer)
        case .package(let price): price.writeMembers(to: &writer)
        case .graduatedPackage(let price): price.writeMembers(to: &writer)
        case .volumePackage(let price): price.writeMembers(to: &writer)
        case .percentage(let price): price.writeMembers(to: &writer)
        case .graduatedPercentage(let price): price.writeMembers(to: &writer)
        case .stairstep(let price): price.writeMembers(to: &writer)
        case .dynamic(let price): price.writeMembers(to: &writer)
        }
    }
}

extension PriceOptions {
    /// Options that the model does not take stay unread, so they are refused as unknown fields.
    fileprivate init(_ kind: PriceModel.Kind, _ fields: inout FieldReader) {
        let minimumValue = fields.optional("minimum")
        minimum = minimumValue?.amount()
        maximum = fields.optional("maximum")?.amount()
        if let minimum, let maximum, minimum > maximum {
            minimumValue?.note("must not be above the maximum, \(maximum)")
        }
        if let value = fields.optional("zeroUsageFlatFee") {
            zeroUsageFlatFee = value.choice(ZeroUsageFlatFee.self) ?? .skip
        }
        guard kind.takesUnitOptions else { return }
        includedUnits = fields.amount("includedUnits")
        unitConfig = fields.optional("unitConfig").flatMap(UnitConfig.init)
    }

    fileprivate func writeMembers(to writer: inout JSONWriter) {
        if let minimum { writer.member("minimum", minimum) }
        if let maximum { writer.member("maximum", maximum) }
        if zeroUsageFlatFee != .skip {
            writer.member("zeroUsageFlatFee", zeroUsageFlatFee.rawValue)
        }
        if !includedUnits.isZero { writer.member("includedUnits", includedUnits) }
        if let unitConfig { writer.member("unitConfig", unitConfig) }
    }
}

extension Price: JSONWritable {
    /// What is at its default is left out, so equal prices have equal bytes.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("model", model.kind.rawValue)
            model.writeMembers(to: &writer)
            options.writeMembers(to: &writer)
        }
    }
}
