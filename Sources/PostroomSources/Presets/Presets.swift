public import PostroomCore

/// The sources of well-known producers that are data alone: their events have no Swift types here.
enum Presets {
    /// The presets, in the order in which people are shown them.
    static let all: [SourceModel] = [
        github, gitlab, linear, stripe, paddle, square, shopify, hubspot, svix, clerk, resend, openAI, mailgun, slack,
        discord, twilio, zoom, intercom, meta,
    ]

    /// Puts a preset together.
    ///
    /// - Parameters:
    ///   - definition: The scheme, and what an endpoint is like unless configured otherwise.
    ///   - locations: The places of type, key, object and time.
    ///   - types: A few of the producer's event types, for samples.
    ///   - sample: Makes a sample delivery of an event type.
    /// - Returns: The preset.
    static func preset(
        _ definition: SourceDefinition,
        _ locations: EventLocations,
        types: [String],
        sample: @escaping @Sendable (_ eventType: String, _ values: inout SampleValues) -> SampleDelivery
    ) -> SourceModel {
        SourceModel(
            definition: definition,
            rules: GenericRules(source: definition.source, locations: locations),
            sampleTypes: types,
            promisesEventType: true,
            envelope: { eventType, _, values in sample(eventType, &values) }
        )
    }
}

extension SignatureScheme {
    /// `v0=` and the hexadecimal HMAC of `v0:{time}:{body}`, as Slack and Zoom have it.
    static func versioned(_ header: String, time: String) -> SignatureScheme {
        SignatureScheme(
            .header(header),
            .plain(prefix: "v0="),
            signed: [.literal("v0:"), .timestamp, .literal(":"), .body],
            time: .init(.header(time), tolerance: .within(.seconds(300)))
        )
    }
}

extension Source {
    /// GitHub: repositories, organizations and apps.
    public static let github: Source = "github"
    /// GitLab: projects and groups.
    public static let gitlab: Source = "gitlab"
    /// Linear: issues, comments, projects.
    public static let linear: Source = "linear"
    /// Stripe: payments, invoices, subscriptions.
    public static let stripe: Source = "stripe"
    /// Paddle Billing: transactions and subscriptions.
    public static let paddle: Source = "paddle"
    /// Square: payments, orders, inventory.
    public static let square: Source = "square"
    /// Shopify: orders, products, customers.
    public static let shopify: Source = "shopify"
    /// HubSpot: changes of CRM objects, several at once.
    public static let hubspot: Source = "hubspot"
    /// Any producer that sends through Svix.
    public static let svix: Source = "svix"
    /// Clerk: users, sessions, organizations.
    public static let clerk: Source = "clerk"
    /// Resend: what became of e-mails.
    public static let resend: Source = "resend"
    /// OpenAI: ends of responses, batches, jobs.
    public static let openAI: Source = "openai"
    /// Mailgun: what became of e-mails.
    public static let mailgun: Source = "mailgun"
    /// Slack: the Events API, interactions and slash commands.
    public static let slack: Source = "slack"
    /// Discord: webhook events.
    public static let discord: Source = "discord"
    /// Twilio: what became of messages and calls.
    public static let twilio: Source = "twilio"
    /// Zoom: meetings, recordings, users.
    public static let zoom: Source = "zoom"
    /// Intercom: conversations, contacts, tickets.
    public static let intercom: Source = "intercom"
    /// Meta: WhatsApp, Messenger, Instagram and pages.
    public static let meta: Source = "meta"
}
