import Foundation
import Synchronization

/// An HTTP client over libcurl: any number of callers, one thread, shared connections.
package final class CurlClient: Sendable {
    private let mailbox = CurlMailbox()
    private let configuration: CurlConfiguration
    private let isStarted = Mutex(false)

    /// Makes a client; its thread starts with the first request.
    ///
    /// A program that ends without one must not: its end would tear down the TLS library while the
    /// thread still sets it up.
    ///
    /// `mayConnect` is asked on that thread for every address a socket is about to be opened to,
    /// after the name was resolved; nil allows all. It must not block.
    package convenience init(
        userAgent: String, mayConnect: (@Sendable (SocketAddress) -> Bool)? = nil
    ) {
        self.init(CurlConfiguration(userAgent: userAgent, mayConnect: mayConnect))
    }

    package init(_ configuration: CurlConfiguration) {
        self.configuration = configuration
    }

    private func startOnce() {
        let isFirst = isStarted.withLock { isStarted in
            defer { isStarted = true }
            return !isStarted
        }
        guard isFirst else { return }
        // The thread keeps the mailbox, not the client, so that the client can go.
        Thread.detachNewThread { [mailbox, configuration] in
            // Foundation tells the system of it only from the thread itself.
            Thread.current.name = "curl"
            CurlLoop.run(mailbox: mailbox, configuration: configuration)
        }
    }

    deinit {
        mailbox.close()
    }

    /// Sends a request and reads its answer, whatever the status.
    ///
    /// Cancelling the task ends the transfer and throws `cancelled`.
    package func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
        startOnce()
        let mailbox = mailbox
        let id = mailbox.newID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.submit(.init(id: id, request: request, continuation: continuation))
                // A cancellation before the line above found no job to end.
                if Task.isCancelled { mailbox.cancel(id) }
            }
        } onCancel: {
            mailbox.cancel(id)
        }
        return try result.get()
    }

    /// Ends every transfer as `cancelled`, refuses new ones and lets the thread go.
    ///
    /// Returns at once and may be called more than once.
    package func shutdown() {
        mailbox.close()
    }
}
