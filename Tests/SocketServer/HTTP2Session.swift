/// As much of HTTP/2 (RFC 9113) as answers every request with 204.
enum HTTP2Session {
    private enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
    }

    private static let acknowledgement: UInt8 = 0x1
    private static let endsStream: UInt8 = 0x1
    private static let endsHeaders: UInt8 = 0x4
    /// The entry `:status 204` of HPACK's static table (RFC 7541, appendix A).
    private static let status204: UInt8 = 0x80 | 9

    static func serve(_ connection: consuming SocketConnection) {
        guard let preface = connection.read(24), preface.starts(with: "PRI * HTTP/2.0".utf8),
            connection.send(frame(Kind.settings, flags: 0, stream: [0, 0, 0, 0], []))
        else { return }
        while let head = connection.read(9),
            let payload = connection.read(head[..<3].reduce(0) { $0 << 8 | Int($1) })
        {
            let (kind, flags, stream) = (head[3], head[4], Array(head[5...]))
            switch kind {
            case Kind.settings, Kind.ping:
                if flags & acknowledgement == 0 {
                    let answer = kind == Kind.ping ? payload : []
                    connection.send(frame(kind, flags: acknowledgement, stream: stream, answer))
                }
            case Kind.data, Kind.headers:
                if flags & endsStream != 0 {
                    connection.send(
                        frame(
                            Kind.headers, flags: endsStream | endsHeaders, stream: stream,
                            [status204]))
                }
            default: continue
            }
        }
    }

    private static func frame(
        _ kind: UInt8, flags: UInt8, stream: [UInt8], _ payload: [UInt8]
    ) -> [UInt8] {
        // No payload here has 256 bytes.
        [0, 0, UInt8(truncatingIfNeeded: payload.count), kind, flags] + stream + payload
    }
}
