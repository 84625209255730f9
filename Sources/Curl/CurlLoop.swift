import CCurl
import Foundation

/// The thread's body: runs all transfers of one client until its mailbox is closed.
///
/// Everything here belongs to that one thread; only the mailbox is shared.
final class CurlLoop {
    private let mailbox: CurlMailbox
    private let configuration: CurlConfiguration
    private let multi: UnsafeMutableRawPointer
    private let sockets: SocketWatch
    /// When libcurl wants to be called whatever happens; nil while it does not.
    private var wakeUp: ContinuousClock.Instant?
    private var transfers: [UInt64: CurlTransfer] = [:]
    /// libcurl names a finished transfer by its handle.
    private var ids: [UnsafeMutableRawPointer: UInt64] = [:]
    /// Those whose request was answered: a handle that was used has its buffers and options already.
    private var spare: [CurlTransfer] = []

    private init(
        mailbox: CurlMailbox, configuration: CurlConfiguration, multi: UnsafeMutableRawPointer,
        sockets: SocketWatch
    ) {
        self.mailbox = mailbox
        self.configuration = configuration
        self.multi = multi
        self.sockets = sockets
        // This object outlives the handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, CurlLimits.idleConnections)
        _ = ccurl_multi_set_socket(multi, Self.onSocket, context)
        _ = ccurl_multi_set_timer(multi, Self.onTimer, context)
    }

    /// Runs until the mailbox is closed, then answers what is left as cancelled.
    static func run(mailbox: CurlMailbox, configuration: CurlConfiguration) {
        ccurl_block_signals()
        guard ccurl_global_init() == CURLE_OK, let sockets = SocketWatch(),
            let multi = curl_multi_init()
        else {
            mailbox.close()
            refuse(mailbox.take().commands)
            return
        }
        mailbox.attach(CurlMailbox.Waker(descriptor: sockets.wakeDescriptor))
        let loop = CurlLoop(
            mailbox: mailbox, configuration: configuration, multi: multi, sockets: sockets)
        withExtendedLifetime(loop) {
            loop.run()
            mailbox.attach(nil)
            loop.spare = []
            curl_multi_cleanup(multi)
        }
    }

    private func run() {
        while true {
            let (commands, isOpen) = mailbox.take()
            guard isOpen else {
                Self.refuse(commands)
                endAll(.shutDown)
                return
            }
            for command in commands {
                switch command {
                case .start(let job): start(job)
                case .cancel(let id): end(id, .failure(.taskCancelled))
                }
            }
            step()
        }
    }

    /// Waits for a socket, a timer or a wake-up, and moves on the transfers that it is about.
    private func step() {
        var result = CURLM_OK
        var running: Int32 = 0
        for event in sockets.wait(milliseconds: waitMilliseconds) where result == CURLM_OK {
            result = curl_multi_socket_action(multi, event.socket, event.bits, &running)
        }
        if let due = wakeUp, due <= .now, result == CURLM_OK {
            wakeUp = nil
            result = curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        }
        collect()
        if result != CURLM_OK {
            endAll(CurlError(.other, String(cString: curl_multi_strerror(result))))
        }
    }

    private var waitMilliseconds: Int32 {
        guard let wakeUp else { return CurlLimits.idleWaitMilliseconds }
        let left = ContinuousClock.now.duration(to: wakeUp)
        guard left > .zero else { return 0 }
        // Rounded up: a wait that ends early would come again at once.
        let milliseconds =
            left.components.seconds * 1_000
            + (left.components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(min(milliseconds, Int64(CurlLimits.idleWaitMilliseconds)))
    }

    private static let onSocket: curl_socket_callback = { _, socket, what, context, _ in
        guard let context else { return 0 }
        Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue().sockets.set(socket, what)
        return 0
    }

    private static let onTimer: curl_multi_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        let loop = Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue()
        loop.wakeUp = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
        return 0
    }

    private func start(_ job: CurlMailbox.Job) {
        guard transfers.count < CurlLimits.transfers else {
            let text = "More than \(CurlLimits.transfers) transfers are under way."
            job.continuation.resume(returning: .failure(CurlError(.tooManyTransfers, text)))
            return
        }
        guard let transfer = spare.popLast() ?? CurlTransfer(configuration) else {
            let error = CurlError(CURLE_OUT_OF_MEMORY, detail: "")
            job.continuation.resume(returning: .failure(error))
            return
        }
        do throws(CurlError) {
            try transfer.begin(job)
            let added = curl_multi_add_handle(multi, transfer.handle)
            guard added == CURLM_OK else {
                throw CurlError(.other, String(cString: curl_multi_strerror(added)))
            }
            transfers[job.id] = transfer
            ids[transfer.handle] = job.id
        } catch {
            answer(transfer, .failure(error))
        }
    }

    /// Answers a transfer's request and keeps it for another.
    private func answer(_ transfer: CurlTransfer, _ outcome: Result<HTTPResponse, CurlError>) {
        transfer.end(outcome)
        if spare.count < CurlLimits.spareHandles { spare.append(transfer) }
    }

    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let id = ids[handle], let transfer = transfers[id]
            else { continue }
            end(id, transfer.outcome(of: message.pointee.data.result))
        }
    }

    private func end(_ id: UInt64, _ outcome: Result<HTTPResponse, CurlError>) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        ids[transfer.handle] = nil
        curl_multi_remove_handle(multi, transfer.handle)
        answer(transfer, outcome)
    }

    private func endAll(_ error: CurlError) {
        for id in Array(transfers.keys) { end(id, .failure(error)) }
    }

    private static func refuse(_ commands: [CurlMailbox.Command]) {
        for case .start(let job) in commands {
            job.continuation.resume(returning: .failure(.shutDown))
        }
    }
}

extension CurlError {
    fileprivate static let taskCancelled = CurlError(.cancelled, "The request was cancelled.")
}
