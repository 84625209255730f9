/// Requests as bytes.
enum HTTPRequest {
    static func head(_ method: String, _ path: String, bodyLength: Int) -> [UInt8] {
        Array(
            """
            \(method) \(path) HTTP/1.1\r
            host: 127.0.0.1\r
            content-type: application/json\r
            content-length: \(bodyLength)\r
            \r\n
            """.utf8)
    }

    static func call(_ function: String, _ json: String) -> [UInt8] {
        head("POST", "/functions/" + function, bodyLength: json.utf8.count) + json.utf8
    }

    static func get(_ path: String) -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".utf8)
    }
}
