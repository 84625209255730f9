import TestRandom

/// Prices of every model, as JSON.
enum Prices {
    static func price(_ aggregation: String, _ random: inout SeededRandom) -> String {
        let models = aggregation == "sum" ? quantities + sums : quantities
        let model = random.element(models)
        var options = ""
        if random.chance(30) { options += ",\"minimum\":\"\(random.int(1...9)).5\"" }
        if random.chance(20) { options += ",\"maximum\":\"\(random.int(20...90))\"" }
        if !sums.contains(model) {
            if random.chance(25) { options += ",\"includedUnits\":\"\(random.int(1...4))\"" }
            if random.chance(20) { options += "," + random.element(conversions) }
            if random.chance(30) { options += #","zeroUsageFlatFee":"charge""# }
        }
        return "{\(model)\(options)}"
    }

    private static let quantities = [
        #""model":"perUnit","unitAmount":"0.3333""#,
        #""model":"perUnit","unitAmount":"1.25""#,
        #"""
        "model":"graduated","tiers":[{"upTo":"3","unitAmount":"2","flatAmount":"1.5"},
        {"upTo":"12.5","unitAmount":"0.75"},{"upTo":null,"unitAmount":"0.1","flatAmount":"4"}]
        """#,
        // With more units the whole may cost less.
        #"""
        "model":"volume","tiers":[{"upTo":"4","unitAmount":"3"},{"upTo":"10","unitAmount":"1"},
        {"upTo":null,"unitAmount":"0.45","flatAmount":"0.5"}]
        """#,
        #""model":"package","packageSize":"5","packageAmount":"2.99""#,
        #""model":"package","packageSize":"4","packageAmount":"2","packageRounding":"down""#,
        #"""
        "model":"graduatedPackage","tiers":[{"upTo":"6","packageSize":"2","packageAmount":"1"},
        {"upTo":null,"packageSize":"7","packageAmount":"2.5"}]
        """#,
        #"""
        "model":"volumePackage","tiers":[{"upTo":"8","packageSize":"3","packageAmount":"4"},
        {"upTo":null,"packageSize":"10","packageAmount":"9"}]
        """#,
        #"""
        "model":"stairstep","tiers":[{"upTo":"2","flatAmount":"5"},{"upTo":"9","flatAmount":"11"},
        {"upTo":null,"flatAmount":"25"}]
        """#,
        #"""
        "model":"graduatedPercentage","tiers":[{"upTo":"20","rate":"12.5"},
        {"upTo":null,"rate":"3","flatAmount":"1"}]
        """#,
    ]

    /// Models that price money.
    private static let sums = [
        #""model":"percentage","rate":"2.9","fixedFee":"0.30""#,
        #""model":"percentage","rate":"1.5","fixedFee":"0.1","freeEvents":2,"freeAmount":"40""#,
        #"""
        "model":"percentage","rate":"4","freeAmount":"25","perTransactionMinimum":"0.5",
        "perTransactionMaximum":"1.2"
        """#,
        #""model":"percentage","rate":"7","freeEvents":3"#,
        #""model":"dynamic","multiplier":"1.15""#,
    ]

    private static let conversions = [
        #""unitConfig":{"operation":"divide","factor":"3"}"#,
        #""unitConfig":{"operation":"divide","factor":"7","rounding":"ceiling"}"#,
        #""unitConfig":{"operation":"multiply","factor":"1.6","rounding":"halfUp","precision":1}"#,
    ]
}
