public import PostroomCore

extension Wakit {
    /// A file of a message.
    public struct MessageFile: JSONObjectReadable, Hashable, Sendable {
        /// The media type, for example `audio/ogg`.
        public let mediaType: String?
        /// The place of the file, for example `internal://media/organizations/…`: wakit's interface turns that into a URL.
        public let uri: String?
        /// The name.
        public let name: String?
        /// The size in bytes.
        public let sizeInBytes: Int?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.mediaType = json.optional("mime_type")
            self.uri = json.optional("uri")
            self.name = json.optional("name")
            self.sizeInBytes = json.optional("size")
        }
    }

    /// A place.
    public struct Location: JSONObjectReadable, Hashable, Sendable {
        /// Degrees north of the equator.
        public let latitude: Double?
        /// Degrees east of Greenwich.
        public let longitude: Double?
        /// The name.
        public let name: String?
        /// The address.
        public let address: String?
        /// A page about it; check it before anything follows it.
        public let url: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.latitude = json.optional("latitude")
            self.longitude = json.optional("longitude")
            self.name = json.optional("name")
            self.address = json.optional("address")
            self.url = json.optional("url")
        }
    }

    /// A contact that was sent as a message.
    public struct SharedContact: JSONObjectReadable, Hashable, Sendable {
        /// The whole name.
        public let formattedName: String?
        /// The first name.
        public let firstName: String?
        /// The last name.
        public let lastName: String?
        /// The phone numbers.
        public let phones: Field<[SharedPhone]>

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            let name: SharedName? = json.optional("name")
            self.formattedName = name?.formatted
            self.firstName = name?.first
            self.lastName = name?.last
            self.phones = json.list("phones")
        }
    }

    /// A phone number of a contact that was sent as a message.
    public struct SharedPhone: JSONObjectReadable, Hashable, Sendable {
        /// The number, as its sender wrote it.
        public let number: String?
        /// The purpose, for example `HOME`.
        public let type: String?
        /// The number as an address of WhatsApp, in digits.
        public let whatsAppAddress: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.number = json.optionalID("phone")
            self.type = json.optional("type")
            self.whatsAppAddress = json.optionalID("wa_id")
        }
    }

    /// An order.
    public struct Order: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the catalogue.
        public let catalogID: String?
        /// The items that are ordered.
        public let items: Field<[OrderItem]>
        /// The text that the contact wrote with it.
        public let text: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.catalogID = json.optionalID("catalog_id")
            self.items = json.list("product_items")
            self.text = json.optional("text")
        }
    }

    /// A product of an order.
    public struct OrderItem: JSONObjectReadable, Hashable, Sendable {
        /// The seller's identity of the product.
        public let productID: String?
        /// The number that is ordered.
        public let quantity: Int?
        /// The price of one, a decimal as it came.
        public let price: String?
        /// The currency, for example `EUR`.
        public let currency: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            let price: WireDecimal? = json.optional("item_price")
            self.productID = json.optionalID("product_retailer_id")
            self.quantity = json.optional("quantity")
            self.price = price?.text
            self.currency = json.optional("currency")
        }
    }

    /// The choice of a contact among buttons or a list.
    public struct InteractiveReply: JSONObjectReadable, Hashable, Sendable {
        /// The kind of the offer, for example `button_reply` or `list_reply`; `nil` for a template's button.
        public let type: String?
        /// The identity of the choice: what the sender of the buttons or the list named it.
        public let id: String?
        /// The choice, for people.
        public let title: String?
        /// More about it, for people.
        public let description: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            let type: String? = json.optional("type")
            let chosen: ChosenReply? = type.flatMap { json.optional($0) }
            self.type = type
            // A template's button says so itself.
            self.id = chosen?.id ?? json.optionalID("payload")
            self.title = chosen?.title ?? json.optional("text")
            self.description = chosen?.description
        }
    }

    /// The origin of a message: an advertisement, a post or a link.
    ///
    /// WhatsApp and Instagram say different things of it; ``json`` has everything.
    public struct Referral: JSONReadable, Hashable, Sendable {
        /// The kind of the origin: `ad` or `post` with WhatsApp, `ADS` or a link with Instagram.
        public let source: String?
        /// The identity of the advertisement or the post.
        public let sourceID: String?
        /// Its URL; check it before anything follows it.
        public let sourceURL: String?
        /// Its headline.
        public let headline: String?
        /// Its text.
        public let body: String?
        /// WhatsApp's identity of the click.
        public let clickID: String?
        /// The parameter that a link to Instagram carries.
        public let reference: String?
        /// The referral as it came.
        public let json: RawJSON

        /// Reads it from a value.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            let json = try path.reader(of: value)
            self.source = json.optional(json.has("source_type") ? "source_type" : "source")
            self.sourceID = json.optionalID(json.has("source_id") ? "source_id" : "ad_id")
            self.sourceURL = json.optional("source_url")
            self.headline = json.optional("headline")
            self.body = json.optional("body")
            self.clickID = json.optional("ctwa_clid")
            self.reference = json.optional("ref")
            self.json = RawJSON(value, at: path)
        }
    }

    /// A product of a catalogue that a message asks about.
    public struct ReferredProduct: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the catalogue.
        public let catalogID: String?
        /// The seller's identity of the product.
        public let productID: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.catalogID = json.optionalID("catalog_id")
            self.productID = json.optionalID("product_retailer_id")
        }
    }

    /// The work of an agent that a message asks for or answers.
    public struct MessageTask: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the work.
        public let id: String?
        /// The state, for example `working` or `completed`; only old rows have it.
        public let status: String?
        /// The identity of the session that it belongs to; only old rows say.
        public let sessionID: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.id = json.optionalID("id")
            self.status = json.optional("status")
            self.sessionID = json.optionalID("session_id")
        }
    }
}

/// A name in its parts.
private struct SharedName: JSONObjectReadable {
    let formatted: String?
    let first: String?
    let last: String?

    init(_ json: JSONReader) {
        self.formatted = json.optional("formatted_name")
        self.first = json.optional("first_name")
        self.last = json.optional("last_name")
    }
}

/// A choice.
private struct ChosenReply: JSONObjectReadable {
    let id: String?
    let title: String?
    let description: String?

    init(_ json: JSONReader) {
        self.id = json.optionalID("id")
        self.title = json.optional("title")
        self.description = json.optional("description")
    }
}
