extension Wakit {
    static let events: [CatalogueEntry] = [
        CatalogueEntry(MessageInserted.self, "a message was received, or is to be sent", sample: sampleMessage),
        CatalogueEntry(MessageUpdated.self, "a message changed, mostly its status", sample: sampleDelivered),
        CatalogueEntry(ConversationInserted.self, "a conversation began", sample: sampleConversation),
        CatalogueEntry(
            ConversationUpdated.self,
            "a conversation changed, for example was closed",
            sample: sampleClosedConversation
        ),
        CatalogueEntry(ContactInserted.self, "a contact was made", sample: sampleContact),
        CatalogueEntry(ContactUpdated.self, "a contact changed", sample: sampleContact),
        CatalogueEntry(ContactAddressInserted.self, "a contact got an address", sample: sampleContactAddress),
        CatalogueEntry(ContactAddressUpdated.self, "a contact's address changed", sample: sampleContactAddress),
        CatalogueEntry(
            OrganizationAddressInserted.self,
            "an organization connected an address",
            sample: sampleOrganizationAddress
        ),
        CatalogueEntry(
            OrganizationAddressUpdated.self,
            "an organization's address changed",
            sample: sampleOrganizationAddress
        ),
        CatalogueEntry(LogInserted.self, "wakit wrote a line into its log", sample: sampleLog),
    ]
}
