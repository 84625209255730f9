import ServiceLifecycle

/// Sleeps, but no longer than until the runtime stops.
func pause(for duration: Duration) async {
    _ = try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
}

/// Whether the service that asks is to end.
var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }
