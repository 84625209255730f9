import CCurl
import Foundation

/// One request on its way; lives on the loop's thread, on a handle that the loop lends it.
final class CurlTransfer {
    let handle: UnsafeMutableRawPointer
    let continuation: CurlMailbox.Continuation
    let errorBuffer: UnsafeMutablePointer<CChar>
    let gate: UnsafeMutablePointer<ccurl_connect_gate>
    var headerList: UnsafeMutablePointer<curl_slist>?
    var resolutionList: UnsafeMutablePointer<curl_slist>?

    private let mayConnect: (@Sendable (SocketAddress) -> Bool)?
    private let maximumResponseBytes: Int
    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var truncated = false
    private var refused: SocketAddress?
    private var anyAddressAllowed = false

    /// - Parameter handle: one without options; it is reset before this object goes.
    init(
        _ job: CurlMailbox.Job, _ configuration: CurlConfiguration,
        on handle: UnsafeMutableRawPointer
    ) throws(CurlError) {
        self.handle = handle
        continuation = job.continuation
        mayConnect = configuration.mayConnect
        maximumResponseBytes = job.request.maximumResponseBytes
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        gate = .allocate(capacity: 1)
        // The loop holds this object for as long as libcurl has the handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        gate.initialize(to: ccurl_connect_gate(check: Self.onConnect, context: context))
        try configure(job.request, configuration, context: context)
    }

    deinit {
        curl_slist_free_all(headerList)
        curl_slist_free_all(resolutionList)
        gate.deallocate()
        errorBuffer.deallocate()
    }

    /// What a finished transfer amounts to.
    func outcome(of result: CURLcode) -> Result<HTTPResponse, CurlError> {
        // Cutting the body short is our doing and looks to libcurl like a failed write.
        guard result == CURLE_OK || (truncated && result == CURLE_WRITE_ERROR) else {
            return .failure(failure(result))
        }
        var status = 0
        var latency: curl_off_t = 0
        _ = ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        _ = ccurl_get_offset(handle, CURLINFO_TOTAL_TIME_T, &latency)
        return .success(
            HTTPResponse(
                status: status, headers: headers, body: body, truncated: truncated,
                latencyMicroseconds: Int64(latency)))
    }

    private func failure(_ result: CURLcode) -> CurlError {
        if let refused, !anyAddressAllowed {
            return CurlError(
                .refusedAddress, "The host is at \(refused.address), where no connection may go.")
        }
        if headerBytes > CurlLimits.responseHeaderBytes {
            let text = "The headers are longer than \(CurlLimits.responseHeaderBytes) bytes."
            return CurlError(.invalidResponse, text)
        }
        return CurlError(result, detail: String(cString: errorBuffer))
    }
}

// MARK: What libcurl calls

extension CurlTransfer {
    private static let onConnect: ccurl_connect_check = { context, address, length in
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            .isAllowed(SocketAddress(address, length: Int(length)))
    }

    static let onHeader: curl_write_callback = { bytes, size, count, context in
        receive(bytes, size * count, context) { $0.take(headerLine: $1) }
    }

    static let onBody: curl_write_callback = { bytes, size, count, context in
        receive(bytes, size * count, context) { $0.take(body: $1) }
    }

    /// Answers libcurl with the count it gave, or with 0 to end the transfer.
    private static func receive(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ take: (CurlTransfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context else { return 0 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        return take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }

    private func isAllowed(_ address: SocketAddress?) -> Bool {
        guard let address else { return false }
        if let mayConnect, !mayConnect(address) {
            refused = address
            return false
        }
        anyAddressAllowed = true
        return true
    }

    private func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= CurlLimits.responseHeaderBytes else { return false }
        // A status line begins a response: what came before it was an interim one (1xx).
        if line.starts(with: Array("HTTP/".utf8)) {
            headers.removeAll()
        } else {
            headers.append(line: line)
        }
        return true
    }

    private func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        let room = maximumResponseBytes - body.count
        body.append(contentsOf: bytes.prefix(max(0, room)))
        truncated = bytes.count > room
        return !truncated
    }
}
