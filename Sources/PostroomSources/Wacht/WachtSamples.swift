extension Wacht {
    /// A user as the wire carries it: the entity's identity is a number beyond 2^53, the user's own is a string.
    @Sendable
    static func sampleUser(_ values: inout SampleValues) -> String {
        let id = values.snowflake()
        let email = values.snowflake()
        let first = values.pick(["Ava", "Tariro", "Noor", "Søren", "Mei"])
        let last = values.pick(["Stone", "Moyo", "Haddad", "Lind", "Okafor"])
        let name = first.lowercased() + String(values.index)
        let now = values.timestamp(fraction: true)
        return """
            {"active_organization_membership_id":null,"active_workspace_membership_id":null,"availability":"active",\
            "created_at":"\(now)","deployment_id":"24239923154394947","disabled":false,\
            "email_addresses":[{"created_at":"\(now)","deployment_id":"24239923154394947",\
            "email":"\(name)@example.com","id":"\(email)","is_primary":true,"updated_at":"\(now)","user_id":"\(id)",\
            "verification_strategy":"otp","verified":true,"verified_at":"\(now)"}],"entity_id":\(id),\
            "entity_type":"user","first_name":"\(first)","has_backup_codes":false,"has_password":true,"id":"\(id)",\
            "last_name":"\(last)","last_password_reset_at":null,"phone_numbers":[],\
            "primary_email_address":"\(name)@example.com","primary_email_address_id":"\(email)",\
            "primary_phone_number":null,"primary_phone_number_id":null,"private_metadata":{},\
            "profile_picture_url":"","public_metadata":{"plan":"\(values.pick(["free", "team", "scale"]))"},\
            "schema_version":"v1","second_factor_policy":"optional","segments":[],"social_connections":[],\
            "updated_at":"\(now)","username":"\(name)"}
            """
    }
}
