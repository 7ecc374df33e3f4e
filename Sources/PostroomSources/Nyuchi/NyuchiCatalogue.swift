extension Nyuchi {
    static let events: [CatalogueEntry] = [
        CatalogueEntry(UserCreated.self, "a user accepted an invitation") { values in
            """
            {"user_id":"\(values.token("usr_", 18))","email":"\(values.token("", 8))@example.com",\
            "role":"\(values.pick(["member", "admin"]))","workspace_id":"\(values.token("ws_", 18))"}
            """
        },
        CatalogueEntry(UserDeactivated.self, "an administrator deactivated a user") { values in
            """
            {"user_id":"\(values.token("usr_", 18))","deactivated_by":"\(values.token("usr_", 18))",\
            "workspace_id":"\(values.token("ws_", 18))"}
            """
        },
        CatalogueEntry(ProjectUpdated.self, "a project changed") { values in
            """
            {"project_id":"\(values.token("prj_", 18))","workspace_id":"\(values.token("ws_", 18))",\
            "changed_fields":["name","\(values.pick(["description", "settings", "owner"]))"],\
            "updated_by":"\(values.token("usr_", 18))"}
            """
        },
        CatalogueEntry(ReportCompleted.self, "a scheduled report is ready") { values in
            let report = values.token("rpt_", 18)
            return """
                {"report_id":"\(report)","report_name":"\(values.pick(["Weekly revenue", "Churn", "Daily signups"]))",\
                "row_count":\(values.number(0...250_000)),"workspace_id":"\(values.token("ws_", 18))",\
                "download_url":"https://files.example.com/reports/\(report)?token=\(values.token("", 24))"}
                """
        },
        CatalogueEntry(SyncFailed.self, "a connector or the endpoint itself failed again and again") { values in
            """
            {"connector_id":"\(values.token("con_", 18))",\
            "connector_type":"\(values.pick(["salesforce", "hubspot", "stripe"]))","error_code":"auth_expired",\
            "error_message":"OAuth token refresh failed. Reconnect the integration.",\
            "workspace_id":"\(values.token("ws_", 18))"}
            """
        },
    ]
}
