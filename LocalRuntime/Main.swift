import ArgumentParser

/// The program: one command a file in `Commands`.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tallystick",
        abstract: "Usage-based billing: events in, exact invoices out.",
        discussion: """
            EXAMPLES
              tallystick serve --catalog catalog.yaml
              tallystick import usage.csv --url http://127.0.0.1:8080
              tallystick invoke queryUsage -d '{"subscriptionId": "acme"}'
              tallystick invoke closePeriod --data tallystick.db
              tallystick invoice inv_0123456789abcdef0123456789abcdef_7
              tallystick backup /backups/monday.db --url http://127.0.0.1:8080
              tallystick rebuild rebuilt.db --data tallystick.db
              tallystick audit --all --data tallystick.db
              tallystick keys create operations --scope admin
              tallystick export inv_… --evidence DIR --data tallystick.db

            `tallystick help COMMAND` tells more. With --url the API key in TALLYSTICK_API_KEY is sent.
            Every flag has an environment variable TALLYSTICK_….
            """,
        version: ProgramVersion.current,
        subcommands: [
            ServeCommand.self, InvokeCommand.self, InvoiceCommand.self, ImportCommand.self,
            BackupCommand.self, RebuildCommand.self, AuditCommand.self, ExportCommand.self,
            KeysCommand.self,
        ])
}
