package import JSON

/// A currency of ISO 4217 and its minor unit, to which the amount of a line is rounded.
package struct Currency: Hashable, Sendable {
    /// Three capital letters, as ISO 4217 writes them.
    package let code: String
    /// Digits after the point: JPY 0, USD 2, KWD 3.
    package let minorDigits: UInt8

    /// - Returns: nil if ISO 4217 knows no such code with a minor unit (metals, funds and test codes
    ///   have none).
    package init?(code: String) {
        guard let digits = Self.minorDigits[code] else { return nil }
        self.code = code
        minorDigits = digits
    }

    /// `amount` rounded to the minor unit, half away from zero.
    package func rounded(_ amount: Fraction) throws(ArithmeticError) -> ExactDecimal {
        try amount.rounded(to: minorDigits, .halfUp)
    }

    package static var allCodes: [String] { minorDigits.keys.sorted() }

    private static let minorDigits: [String: UInt8] = {
        var digits: [String: UInt8] = [:]
        for (list, count) in [(none, 0), (two, 2), (three, 3), (four, 4)] as [(String, UInt8)] {
            for code in list.split(whereSeparator: \.isWhitespace) { digits[String(code)] = count }
        }
        return digits
    }()

    // ISO 4217:2015, list one as of amendment 177.
    private static let none = """
        BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
        """
    private static let two = """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL
        BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP
        DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR
        ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD
        MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN
        PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
        STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES
        WST XAD XCD XCG YER ZAR ZMW ZWG
        """
    private static let three = """
        BHD IQD JOD KWD LYD OMR TND
        """
    private static let four = """
        CLF UYW
        """
}

extension Currency: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(code) }
}
