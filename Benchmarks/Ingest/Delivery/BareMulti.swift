import CCurl
import Foundation

/// The least that libcurl's multi interface needs to post bodies over connections kept alive.
///
/// Each handle is set up once; between two requests only its body changes.
final class BareMulti {
    private let multi: UnsafeMutableRawPointer
    private let handles: [UnsafeMutableRawPointer]
    private let headers: UnsafeMutablePointer<curl_slist>?

    /// - Parameter headers: of every request, as long as those of a webhook.
    init(url: String, connections: Int, headers lines: [String]) throws {
        guard ccurl_global_init() == CURLE_OK, let multi = curl_multi_init() else {
            throw LoadFailure("libcurl cannot be set up")
        }
        self.multi = multi
        headers = lines.reduce(nil) { curl_slist_append($0, $1) }
        handles = (0..<connections).compactMap { _ in curl_easy_init() }
        guard handles.count == connections else { throw LoadFailure("libcurl gives no handle") }
        for handle in handles {
            try check(ccurl_set_string(handle, CURLOPT_URL, url))
            try check(ccurl_set_long(handle, CURLOPT_POST, 1))
            try check(ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
        }
    }

    deinit {
        for handle in handles {
            curl_multi_remove_handle(multi, handle)
            curl_easy_cleanup(handle)
        }
        curl_multi_cleanup(multi)
        curl_slist_free_all(headers)
    }

    /// Posts every body once; each must be answered with 204.
    func post(_ bodies: ArraySlice<[UInt8]>) throws {
        // One copy that does not move: libcurl reads the bytes where they are.
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: bodies.reduce(0) { $0 + $1.count })
        defer { bytes.deallocate() }
        _ = bytes.initialize(from: bodies.joined())
        var rest = bodies
        var position = 0
        func begin(_ handle: UnsafeMutableRawPointer) throws -> Bool {
            guard let body = rest.popFirst() else { return false }
            try check(
                ccurl_set_offset(
                    handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            let start = bytes.baseAddress.map { UnsafeMutableRawPointer($0 + position) }
            try check(ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, start))
            position += body.count
            guard curl_multi_add_handle(multi, handle) == CURLM_OK else {
                throw LoadFailure("libcurl takes no handle")
            }
            return true
        }
        var underWay = try handles.count { try begin($0) }
        while underWay > 0 {
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else {
                throw LoadFailure("libcurl does not go on")
            }
            var left: Int32 = 0
            var isMoving = false
            while let message = curl_multi_info_read(multi, &left) {
                guard let handle = message.pointee.easy_handle else { continue }
                try check(message.pointee.data.result)
                var status = 0
                try check(ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status))
                guard status == 204 else { throw LoadFailure("status \(status)") }
                curl_multi_remove_handle(multi, handle)
                underWay -= 1
                if try begin(handle) {
                    underWay += 1
                    isMoving = true
                }
            }
            if !isMoving, underWay > 0 { curl_multi_poll(multi, nil, 0, 1_000, nil) }
        }
    }

    private func check(_ code: CURLcode) throws {
        guard code == CURLE_OK else {
            throw LoadFailure("libcurl: \(String(cString: curl_easy_strerror(code)))")
        }
    }
}
