import CCurl

/// The thread's body: runs all transfers of one client until its mailbox is closed.
///
/// Everything here belongs to that one thread; only the mailbox is shared.
final class CurlLoop {
    private let mailbox: CurlMailbox
    private let configuration: CurlConfiguration
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UInt64: CurlTransfer] = [:]
    /// libcurl names a finished transfer by its handle.
    private var ids: [UnsafeMutableRawPointer: UInt64] = [:]

    private init(
        mailbox: CurlMailbox, configuration: CurlConfiguration, multi: UnsafeMutableRawPointer
    ) {
        self.mailbox = mailbox
        self.configuration = configuration
        self.multi = multi
    }

    /// Runs until the mailbox is closed, then answers what is left as cancelled.
    static func run(mailbox: CurlMailbox, configuration: CurlConfiguration) {
        ccurl_block_signals()
        guard ccurl_global_init() == CURLE_OK, let multi = curl_multi_init() else {
            mailbox.close()
            refuse(mailbox.take().commands)
            return
        }
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, CurlLimits.idleConnections)
        mailbox.attach(CurlMailbox.Waker(multi: multi))
        let loop = CurlLoop(mailbox: mailbox, configuration: configuration, multi: multi)
        loop.run()
        mailbox.attach(nil)
        curl_multi_cleanup(multi)
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

    /// Moves every transfer on, then waits for a socket, a timer or a wake-up.
    private func step() {
        var running: Int32 = 0
        var result = curl_multi_perform(multi, &running)
        collect()
        if result == CURLM_OK {
            let wait =
                transfers.isEmpty
                ? CurlLimits.idleWaitMilliseconds : CurlLimits.busyWaitMilliseconds
            result = curl_multi_poll(multi, nil, 0, wait, nil)
        }
        if result != CURLM_OK {
            endAll(CurlError(.other, String(cString: curl_multi_strerror(result))))
        }
    }

    private func start(_ job: CurlMailbox.Job) {
        guard transfers.count < CurlLimits.transfers else {
            let text = "More than \(CurlLimits.transfers) transfers are under way."
            job.continuation.resume(returning: .failure(CurlError(.tooManyTransfers, text)))
            return
        }
        do throws(CurlError) {
            let transfer = try CurlTransfer(job, configuration)
            let added = curl_multi_add_handle(multi, transfer.handle)
            guard added == CURLM_OK else {
                throw CurlError(.other, String(cString: curl_multi_strerror(added)))
            }
            transfers[job.id] = transfer
            ids[transfer.handle] = job.id
        } catch {
            job.continuation.resume(returning: .failure(error))
        }
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
        transfer.continuation.resume(returning: outcome)
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
