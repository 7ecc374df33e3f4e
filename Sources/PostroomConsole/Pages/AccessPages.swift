/// The page on which people log in.
enum LoginPage {
    static func body(_ links: Links, formToken: String, next: String, problem: String?) -> HTML {
        let banner: HTML = problem.map { "<p class=\"banner bad\" role=\"alert\">\($0)</p>" } ?? ""
        return """
            <h1>Log in</h1>\(banner)
            <form method="post" action="\(links.to("login"))" class="login">
            <input type="hidden" name="\(FormGuard.field)" value="\(formToken)">
            <input type="hidden" name="next" value="\(next)">
            <label>Token<input type="password" name="token" autocomplete="current-password" required autofocus></label>
            <label>Your name <small>noted with what you do</small><input type="text" name="name" autocomplete="username" \
            maxlength="64"></label>
            <button class="main">Log in</button></form>
            <p class="hint">Tokens are configured under <code>admin.console</code>: one kind lets you look, another act.</p>
            """
    }
}

/// The page for those who are not let in.
enum RefusalPage {
    static func body(_ reason: String) -> HTML {
        """
        <h1>Not from here</h1><p>\(reason)</p>
        <p class="hint">The guide <em>The console</em> shows each way in.</p>
        """
    }
}
