internal import CTestTLS
internal import Foundation

/// A key and its certificate, made for one test.
package final class TLSIdentity: @unchecked Sendable {
    // Only read once it is made.
    let pointer: OpaquePointer
    private let issuer: TLSIdentity?

    /// Makes a certificate for a host name or an IPv4 address.
    ///
    /// - Parameters:
    ///   - issuer: who signs it; nil for itself, which makes it a root.
    ///   - isExpired: whether it was valid only until yesterday.
    package init(_ name: String, issuer: TLSIdentity? = nil, isExpired: Bool = false) throws {
        let day = 86_400
        guard
            let pointer = tls_identity_make(
                name, issuer?.pointer, isExpired ? -2 * day : -day, isExpired ? -day : day)
        else { throw SocketServerError() }
        self.pointer = pointer
        self.issuer = issuer
    }

    deinit { tls_identity_free(pointer) }

    /// Runs `body` with the path of a file that holds the certificate alone.
    package func withCertificateFile<Value>(
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("certificate-\(UUID().uuidString).pem")
        guard tls_identity_write(pointer, url.path) else { throw SocketServerError() }
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url.path)
    }
}
