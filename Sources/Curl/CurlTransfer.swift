import CCurl
import Foundation

/// A handle of libcurl's with one request on its way, and then another; lives on the loop's thread.
final class CurlTransfer {
    let handle: UnsafeMutableRawPointer
    let configuration: CurlConfiguration
    let errorBuffer: UnsafeMutablePointer<CChar>
    let gate: UnsafeMutablePointer<ccurl_connect_gate>
    var headerList: UnsafeMutablePointer<curl_slist>?
    var resolutionList: UnsafeMutablePointer<curl_slist>?
    /// What the options on the handle are for; nil where they have to be set anew.
    private var shape: HTTPRequest.Shape?

    private var continuation: CurlMailbox.Continuation?
    private var maximumResponseBytes = 0
    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var truncated = false
    private var refused: SocketAddress?
    private var anyAddressAllowed = false

    /// Nil where libcurl has no memory.
    init?(_ configuration: CurlConfiguration) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.configuration = configuration
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        gate = .allocate(capacity: 1)
        gate.initialize(to: ccurl_connect_gate(check: Self.onConnect, context: context))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
        curl_slist_free_all(resolutionList)
        gate.deallocate()
        errorBuffer.deallocate()
    }

    /// What libcurl gives back with every call: this object has the handle, so it lives longer.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// Puts a request onto the handle; throws `invalidURL` or `invalidRequest`.
    ///
    /// Where the last one was of the same shape, most options are set already.
    func begin(_ job: CurlMailbox.Job) throws(CurlError) {
        continuation = job.continuation
        let request = job.request
        maximumResponseBytes = request.maximumResponseBytes
        let (known, wanted) = (shape.take(), request.shape)
        if known != wanted {
            curl_easy_reset(handle)
            try configure(request)
        }
        try setResolutions()
        if wanted.hasBody { try setBody(request.body) }
        try setHeaders(request.headers)
        shape = wanted
    }

    /// Answers the request and forgets it.
    func end(_ outcome: Result<HTTPResponse, CurlError>) {
        let continuation = continuation.take()
        // libcurl's copy of the body goes; the options stay for the next request.
        if shape?.hasBody == true { _ = ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, nil) }
        headers.removeAll()
        headerBytes = 0
        body = []
        truncated = false
        refused = nil
        anyAddressAllowed = false
        errorBuffer[0] = 0
        continuation?.resume(returning: outcome)
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
        if let mayConnect = configuration.mayConnect, !mayConnect(address) {
            refused = address
            return false
        }
        anyAddressAllowed = true
        return true
    }

    private static let statusLine = Array("HTTP/".utf8)

    private func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= CurlLimits.responseHeaderBytes else { return false }
        // A status line begins a response: what came before it was an interim one (1xx).
        if line.starts(with: Self.statusLine) {
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
