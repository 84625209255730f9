import Hummingbird

/// What the server hands along with a request; nothing of it is needed.
struct CallContext: InitializableFromSource {
    init(source: ApplicationRequestContextSource) {}
}
