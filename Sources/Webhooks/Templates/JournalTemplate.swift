extension PayloadTemplate {
    /// The ready template: an invoice as one balanced entry of a double-entry journal.
    ///
    /// One posting to `accounts-receivable` for the invoice and one to `revenue` for each line, in
    /// the lines' order, those of 0 included. The debits' sum is the credits'.
    package static let journal = """
        {
          "type": "journal",
          "id": "{{id}}",
          "number": "{{number}}",
          "kind": "{{kind}}",
          "date": "{{issuedAt}}",
          "currency": "{{currency}}",
          "customer": {
            "id": "{{customer.id}}",
            "name": {{#customer.name}}"{{.}}"{{/customer.name}}{{^customer.name}}null{{/customer.name}}
          },
          "corrects": {{#corrects}}"{{.}}"{{/corrects}}{{^corrects}}null{{/corrects}},
          "postings": [
            {
              "account": "accounts-receivable",
              "debit": "{{receivable.debit}}",
              "credit": "{{receivable.credit}}",
              "description": "Invoice {{number}}"
            }{{#lines}},
            {
              "account": "revenue",
              "line": "{{id}}",
              "debit": "{{revenue.debit}}",
              "credit": "{{revenue.credit}}",
              "description": "{{description}}"
            }{{/lines}}
          ]
        }

        """
}
