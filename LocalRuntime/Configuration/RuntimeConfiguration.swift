import FunctionKit
import JSON

/// What the file of `serve --config` says.
struct RuntimeConfiguration: Sendable, Equatable {
    let timers: [TimerDefinition]

    static let standard = RuntimeConfiguration(timers: TimerDefinition.defaults)
}

extension RuntimeConfiguration {
    /// Reads the file at `path`.
    ///
    /// - Throws: `SettingError` or `Problem`.
    static func read(_ path: String) throws -> RuntimeConfiguration {
        try read(json: TextFile.json(at: path))
    }

    static func read(json: [UInt8]) throws(Problem) -> RuntimeConfiguration {
        do {
            let document = try JSONDocument.parse(json)
            let issues = FieldIssues()
            let configuration = RuntimeConfiguration(FieldValue(document.root, issues: issues))
            try issues.throwIfAny()
            guard let configuration else {
                throw Problem(.internalError, "the configuration could not be read")
            }
            return configuration
        } catch let error as any ProblemConvertible {
            throw error.problem
        } catch {
            throw Problem(.internalError, "\(error)")
        }
    }

    private init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let field = reader.optional("timers")
        reader.refuseUnknown()
        guard let field else {
            self = .standard
            return
        }
        guard let timers = field.array(limit: RuntimeLimits.timers, TimerDefinition.init) else {
            return nil
        }
        let names = timers.map { Array($0.name.utf8) }
        guard Set(names).count == names.count else {
            field.note("must have different names")
            return nil
        }
        self.init(timers: timers)
    }
}
