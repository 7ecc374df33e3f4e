extension Dynamic {
    static let events: [CatalogueEntry] = [
        CatalogueEntry(Ping.self, "Dynamic tried the webhook", sample: samplePing),
        CatalogueEntry(UserCreated.self, "a user came to be", sample: sampleUser),
        CatalogueEntry(UserUpdated.self, "a user changed", sample: sampleUser),
        CatalogueEntry(UserDeleted.self, "a user was deleted", sample: sampleDeletedUser),
        CatalogueEntry(UserMerged.self, "two users became one", sample: sampleUser),
        CatalogueEntry(UserEmailUnlinked.self, "an email address was taken from a user", sample: sampleEmail),
        CatalogueEntry(UserSocialLinked.self, "a user linked an account elsewhere", sample: sampleSocialAccount),
        CatalogueEntry(UserSocialUnlinked.self, "a user's account elsewhere was unlinked", sample: sampleSocialAccount),
        CatalogueEntry(VisitCreated.self, "somebody came to the site", sample: sampleVisit),
        CatalogueEntry(UserSessionCreated.self, "a user signed in", sample: sampleSession),
        CatalogueEntry(UserSessionRevoked.self, "a user's session was ended", sample: sampleSession),
        CatalogueEntry(UserPasskeyRecoveryStarted.self, "a user began to recover a passkey", sample: sampleWallet),
        CatalogueEntry(UserPasskeyRecoveryCompleted.self, "a user recovered a passkey", sample: sampleWallet),
        CatalogueEntry(WalletCreated.self, "a wallet was made", sample: sampleWallet),
        CatalogueEntry(WalletLinked.self, "a user linked a wallet", sample: sampleWallet),
        CatalogueEntry(WalletUnlinked.self, "a user unlinked a wallet", sample: sampleUnlinkedWallet),
        CatalogueEntry(WalletExported.self, "a user exported a wallet's key", sample: sampleWallet),
        CatalogueEntry(WalletTransferred.self, "a wallet passed to another user", sample: sampleWallet),
        CatalogueEntry(WalletDeleted.self, "a wallet was deleted", sample: sampleWallet),
        CatalogueEntry(WalletSignature.self, "a wallet signed something", sample: sampleSignature),
        CatalogueEntry(WalletActivity.self, "something happened to a wallet on its chain", sample: sampleActivity),
        CatalogueEntry(WalletActivityRegistered.self, "a wallet is being watched", sample: sampleRegisteredWallet),
        CatalogueEntry(
            WalletDelegationCreated.self,
            "a user let the receiver sign with a wallet",
            sample: sampleDelegation
        ),
        CatalogueEntry(
            WalletDelegationRevoked.self,
            "a user took back the access to a wallet",
            sample: sampleRevokedDelegation
        ),
        CatalogueEntry(
            WalletDelegationSignature.self,
            "a wallet signed something for whom its user lets sign",
            sample: sampleSignature
        ),
        CatalogueEntry(WaasPolicyViolation.self, "a policy blocked a transaction", sample: samplePolicyViolation),
        CatalogueEntry(WalletSanctionsBlocked.self, "an address under sanctions was blocked", sample: sampleSanction),
        CatalogueEntry(
            WalletAddressScreeningBlocked.self,
            "the environment's own policy blocked an address",
            sample: sampleScreening
        ),
        CatalogueEntry(
            WalletAddressScreeningAlerted.self,
            "the environment's own policy alerted of an address",
            sample: sampleScreening
        ),
        CatalogueEntry(BusinessAccountCreated.self, "a business account came to be", sample: sampleAccount),
        CatalogueEntry(BusinessAccountUpdated.self, "a business account changed", sample: sampleAccount),
        CatalogueEntry(BusinessAccountMemberAdded.self, "a business account got a member", sample: sampleAccount),
        CatalogueEntry(BusinessAccountMemberRoleChanged.self, "a member got another role", sample: sampleAccount),
        CatalogueEntry(BusinessAccountMemberRemoved.self, "a business account lost a member", sample: sampleAccount),
        CatalogueEntry(BusinessAccountSignerRevoked.self, "a signer lost the share of a key", sample: sampleAccount),
        CatalogueEntry(BusinessAccountProposalExecuted.self, "an approved change took effect", sample: sampleAccount),
        CatalogueEntry(FlowExecutionUpdated.self, "a flow's execution went on", sample: sampleFlow),
        CatalogueEntry(FlowSettlementUpdated.self, "a flow's settlement went on", sample: sampleSettlement),
        CatalogueEntry(FlowRiskUpdated.self, "a flow's risk was assessed", sample: sampleRisk),
    ]
}
