import Foundation
import JSON

/// The verifier of the Python package `standardwebhooks`, which `.ci/python-tools` installs.
enum ForeignVerifier {
    /// What a receiver has of a message.
    struct Message {
        var secret: String
        var headers: [(String, String)]
        var body: [UInt8]
    }

    private static let python = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".build/python/bin/python")

    /// Answers `true` for each message that it believes, and with its signature of the first.
    private static let script = """
        import json, sys
        from datetime import datetime, timezone
        from standardwebhooks import Webhook, WebhookVerificationError
        def believes(message):
            try:
                body = bytes(message["body"])
                Webhook(message["secret"]).verify(body, message["headers"], json_parse=False)
                return True
            except WebhookVerificationError:
                return False
        messages = json.load(open(sys.argv[1]))
        first = messages[0]
        at = datetime.fromtimestamp(int(first["headers"]["webhook-timestamp"]), timezone.utc)
        signature = Webhook(first["secret"]).sign(
            msg_id=first["headers"]["webhook-id"], timestamp=at,
            data=bytes(first["body"]).decode())
        json.dump({"believed": [believes(m) for m in messages], "signature": signature},
                  open(sys.argv[2], "w"))
        """

    /// Which of the messages it believes, and how it signs the first.
    ///
    /// - Throws: where it is not installed, too: nobody else checks our signatures.
    static func ask(
        _ messages: [Message]
    ) async throws -> (believed: [Bool], signature: String) {
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw NotInstalled()
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("verifier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let question = folder.appendingPathComponent("question.json")
        let answer = folder.appendingPathComponent("answer.json")
        try Data(json(messages)).write(to: question)
        let process = Process()
        process.executableURL = python
        process.arguments = ["-c", script, question.path, answer.path]
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard status == 0 else { throw Failed(status: status) }
        let root = try JSONDocument.parse(Array(Data(contentsOf: answer))).root
        return (
            root.member("believed")?.children.map { $0.kind == .true } ?? [],
            root.member("signature")?.string ?? ""
        )
    }

    struct Failed: Error { let status: Int32 }

    struct NotInstalled: Error, CustomStringConvertible {
        let description =
            "the Python package standardwebhooks is missing: run .ci/python-tools once, as "
            + "`make test` does"
    }

    private static func json(_ messages: [Message]) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { writer in
            for message in messages {
                writer.object { writer in
                    writer.member("secret", message.secret)
                    writer.key("headers")
                    writer.object { writer in
                        for (name, value) in message.headers {
                            writer.key(name.utf8)
                            writer.string(value)
                        }
                    }
                    writer.key("body")
                    writer.array { writer in
                        for byte in message.body { writer.number(byte) }
                    }
                }
            }
        }
        return writer.bytes
    }
}
