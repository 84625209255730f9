import Curl
import Foundation
import FunctionKit
import Testing

@testable import tallystick
@testable import tallystick_demo

@Suite("gzip bodies", .timeLimit(.minutes(3)))
struct GzipTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private static let path = "/functions/scripted"

    /// Answers the length of the text that came.
    private static let length = Dispatcher.scripted { text, _ in
        Array(#"{"length":"\#(text.utf8.count)"}"#.utf8)
    }

    /// As the program gzip packs it.
    private func packed(_ bytes: [UInt8]) async throws -> [UInt8] {
        let file = bench.folder.file(UUID().uuidString)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let result = try await Program.run(at: "/bin/gzip", ["-9", file], folder: bench.folder)
        #expect(result.status == 0)
        return Array(try Data(contentsOf: URL(fileURLWithPath: file + ".gz")))
    }

    private func body(_ text: String) -> [UInt8] { Array(#"{"text":"\#(text)"}"#.utf8) }

    private func post(
        _ url: String, _ body: [UInt8], coding: String = "gzip"
    ) async throws -> HTTPResponse {
        try await send("POST", url + Self.path, body, headers: [("content-encoding", coding)])
    }

    @Test("a stream, and several in a row, which is one too")
    func whole() async throws {
        let text = String(repeating: "usage ", count: 5_000)
        let one = try await packed(body(text))
        let halves = body(text)
        let two =
            try await packed(Array(halves[..<9])) + (try await packed(Array(halves[9...])))
        try await withServer(Self.length) { url in
            for body in [one, two] {
                let answer = try await post(url, body)
                #expect(answer.status == 200)
                #expect(answer.text == #"{"length":"30000"}"#)
            }
            #expect(try await post(url, one, coding: "X-GZIP").status == 200)
            #expect(try await post(url, []).text == #"{"length":"0"}"#)
            #expect(try await post(url, body("abc"), coding: "identity").status == 200)
        }
    }

    @Test("what it unpacks to has the bound of a body", arguments: [(0, 200), (1, 413)])
    func bound(excess: Int, status: Int) async throws {
        let text = String(
            repeating: "a", count: Limits.bodyBytes - body("").count + excess)
        let packed = try await packed(body(text))
        #expect(packed.count < 20_000)
        // One that says at its end that it is small.
        let lying = Array(packed.dropLast(4)) + [1, 0, 0, 0]
        try await withServer(Self.length) { url in
            let honest = try await post(url, packed)
            #expect(honest.status == status)
            let liar = try await post(url, lying)
            #expect(liar.status == (status == 200 ? 400 : 413))
        }
    }

    @Test("every stream that is cut off or has something behind it is refused")
    func broken() async throws {
        let packed = try await packed(body("usage"))
        var bodies = (1..<packed.count).map { Array(packed[..<$0]) }
        for index in packed.indices.suffix(8) {
            var damaged = packed
            damaged[index] ^= 1
            bodies.append(damaged)
        }
        bodies += [packed + [0], body("usage")]
        try await withServer(Self.length) { [bodies] url in
            for body in bodies {
                let answer = try await post(url, body)
                #expect(answer.status == 400)
            }
        }
    }

    @Test("other codings are refused", arguments: ["br", "deflate", "zstd", "gzip, gzip"])
    func others(coding: String) async throws {
        try await withServer(Self.length) { url in
            let answer = try await post(url, body("usage"), coding: coding)
            #expect(answer.status == 415)
            #expect(answer.text.contains("unsupported-media-type"))
        }
    }
}
