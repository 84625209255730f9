import Foundation
import Testing

@testable import TallystickClient

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "seconds or a date",
        arguments: [
            (nil, nil), ("", nil), ("soon", nil), ("-1", nil), ("0", .zero),
            (" 7 ", .seconds(7)), ("99999", .seconds(300)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", .zero),
            ("Mon, 07 Nov 2994 08:49:37 GMT", .seconds(300)),
        ] as [(String?, Duration?)])
    func reads(header: String?, wait: Duration?) {
        let now = Date(timeIntervalSince1970: 784_111_740)  // Sun, 06 Nov 1994 08:49:00 GMT
        #expect(RetryAfter.wait(header, now: now) == wait)
    }
}
