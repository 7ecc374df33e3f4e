/// Data as the wire carries it: names sorted, identities as strings but for the entity's, which is a number beyond 2^53.
extension Wacht {
    static let sampleDeployment = "24239923154394947"

    /// The identity of an object and nothing else.
    static func sampleEntity(_ kind: String) -> @Sendable (inout SampleValues) -> String {
        { values in #"{"entity_id":\#(values.snowflake()),"entity_type":"\#(kind)"}"# }
    }

    /// The identity and the name of an organization or a workspace.
    static func sampleNamed(_ kind: String) -> @Sendable (inout SampleValues) -> String {
        { values in
            let id = values.snowflake()
            let name = values.pick(["Acme Inc", "Moyo & Sons", "Łódź Labs"])
            return #"{"entity_id":\#(id),"entity_type":"\#(kind)","id":"\#(id)","name":"\#(name)"}"#
        }
    }

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
            "created_at":"\(now)","deployment_id":"\(sampleDeployment)","disabled":false,\
            "email_addresses":[{"created_at":"\(now)","deployment_id":"\(sampleDeployment)",\
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

    /// The few fields that the documentation has for a deleted user.
    @Sendable
    static func sampleNamedUser(_ values: inout SampleValues) -> String {
        let id = values.snowflake()
        return """
            {"entity_id":\(id),"entity_type":"user","first_name":"\(values.pick(["Ava", "Noor"]))","id":"\(id)",\
            "last_name":"\(values.pick(["Stone", "Moyo"]))","username":"user\(values.index)"}
            """
    }

    @Sendable
    static func sampleBareUser(_ values: inout SampleValues) -> String {
        sampleEntity("user")(&values)
    }

    /// A second factor: the event's entity is the user.
    @Sendable
    static func sampleAuthenticator(_ values: inout SampleValues) -> String {
        let url = "otpauth://totp/Wacht:ava@example.com?secret=\(values.token("", 32))"
        return authenticator(#""\#(url)""#, &values)
    }

    @Sendable
    static func sampleGivenUpAuthenticator(_ values: inout SampleValues) -> String {
        authenticator("null", &values)
    }

    private static func authenticator(_ url: String, _ values: inout SampleValues) -> String {
        let user = values.snowflake()
        return """
            {"created_at":"\(values.timestamp(plus: -60000))","entity_id":\(user),"entity_type":"user_authenticator",\
            "id":"\(values.snowflake())","otp_url":\(url),"updated_at":"\(values.timestamp())","user_id":"\(user)"}
            """
    }

    @Sendable
    static func sampleSession(_ values: inout SampleValues) -> String {
        let id = values.snowflake()
        let signIn = values.snowflake()
        let now = values.timestamp(fraction: true)
        return """
            {"active_signin_id":"\(signIn)","created_at":"\(now)","entity_id":\(id),"entity_type":"session",\
            "id":"\(id)","signins":[{"browser":"Firefox","city":"Harare","country":"Zimbabwe","country_code":"ZW",\
            "created_at":"\(now)","device":"","expires_at":"\(values.timestamp(plus: 86_400_000))","id":"\(signIn)",\
            "ip_address":"192.0.2.\(values.number(1...254))","last_active_at":"\(now)","region":"",\
            "session_id":"\(id)","updated_at":"\(now)","user_id":"\(values.snowflake())"}],"updated_at":"\(now)"}
            """
    }

    @Sendable
    static func sampleOrganization(_ values: inout SampleValues) -> String {
        let id = values.snowflake()
        let now = values.timestamp(fraction: true)
        return """
            {"created_at":"\(now)","description":"","entity_id":\(id),"entity_type":"organization","id":"\(id)",\
            "image_url":"","member_count":1,"name":"\(values.pick(["Acme Inc", "Moyo & Sons"]))",\
            "private_metadata":{"crm":"\(values.token("", 8))"},"public_metadata":{},\
            "roles":[{"id":"\(values.snowflake())","name":"admin","permissions":["organization:admin"]}],\
            "segments":[],"updated_at":"\(now)","workspaces":[]}
            """
    }

    @Sendable
    static func sampleWorkspace(_ values: inout SampleValues) -> String {
        let id = values.snowflake()
        let now = values.timestamp(fraction: true)
        return """
            {"created_at":"\(now)","description":"","entity_id":\(id),"entity_type":"workspace","id":"\(id)",\
            "image_url":"","member_count":\(values.number(1...40)),"name":"\(values.pick(["Production", "Research"]))",\
            "organization_id":"\(values.snowflake())","organization_name":"Acme Inc","private_metadata":{},\
            "public_metadata":{},"roles":[],"segments":[],"updated_at":"\(now)"}
            """
    }

    @Sendable
    static func sampleTest(_ values: inout SampleValues) -> String {
        """
        {"event":"test.webhook","test":true,"timestamp":"\(values.timestamp(fraction: true))",\
        "token":"\(values.token("", 8))"}
        """
    }
}
