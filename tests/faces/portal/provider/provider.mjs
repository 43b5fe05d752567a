// A real OpenID provider for tests: `node provider.mjs`, told by a JSON object in MTD_PROVIDER.
import { Provider } from "oidc-provider";

const told = JSON.parse(process.env.MTD_PROVIDER);
const provider = new Provider(told.issuer, {
  clients: [
    {
      client_id: told.client_id,
      client_secret: told.client_secret,
      redirect_uris: [told.redirect],
      post_logout_redirect_uris: [told.out],
    },
  ],
  pkce: { required: () => true },
  jwks: { keys: told.keys },
  cookies: { keys: ["only for tests"] },
  scopes: ["openid", "profile", "email"],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups", "shops"] },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, ...told.people[id] }),
  }),
});
provider.listen(told.port, "127.0.0.1", () => console.log("ready"));
