// X's API behind a strict OAuth 2 server: `node server.js PORT FOLDER`, the sandbox's port and where oidc-provider is
// installed.
//
// Tokens are oidc-provider's: refresh tokens are good for one use, and a used one that comes again takes the whole
// family with it. Everything else is the sandbox's, once the access token is good. The first line on stdout is
// READY PORT. Clocks: the sandbox's PUT /_sandbox/clock moves this one, too, forward only.
//
//   POST /_oauth/login        somebody logs in: {"refresh_token"} of a new family
//   POST /_oauth/allow?QUERY  somebody allows what a page with that query asks for: {"code"}
//   GET  /_oauth/counts       {"refreshed", "refused", "revoked", "asked": answers 401}
'use strict'
const http = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { pathToFileURL } = require('node:url')

const sandboxPort = Number(process.argv[2])
const realNow = Date.now
let ahead = 0
Date.now = () => realNow() + ahead

const CLIENT = { id: 'crier', secret: 'a secret/with:signs' }
const LATE_MS = 60
const LONG = 50 * 365 * 86400 // tests jump years ahead
const counts = { refreshed: 0, refused: 0, revoked: 0, asked: 0 }

// What the server keeps, of one kind. Nothing is ever forgotten but by revocation, so that an old token is known.
const kept = new Map()
class Memory {
  constructor (kind) { this.kind = kind }
  key (id) { return `${this.kind}:${id}` }
  async upsert (id, payload) { kept.set(this.key(id), payload) }
  async find (id) { return kept.get(this.key(id)) }
  async findByUid () { return undefined }
  async findByUserCode () { return undefined }
  async destroy (id) { kept.delete(this.key(id)) }
  async consume (id) { kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000) }
  async revokeByGrantId (grant) {
    for (const [key, payload] of kept) if (payload.grantId === grant) kept.delete(key)
  }
}

async function main () {
  const { default: Provider } = await import(pathToFileURL(`${process.argv[3]}/oidc-provider/lib/index.js`))
  const provider = new Provider('http://localhost', {
    adapter: Memory,
    clients: [{
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      application_type: 'native',
      redirect_uris: ['http://localhost:8080/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic'
    }],
    scopes: ['offline_access', 'tweet.write'],
    rotateRefreshToken: true,
    findAccount: async (context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    ttl: { AccessToken: 7200, RefreshToken: LONG, Grant: LONG },
    features: { devInteractions: { enabled: false } }
  })
  provider.on('grant.success', () => { counts.refreshed++ })
  provider.on('grant.error', () => { counts.refused++ })
  provider.on('grant.revoked', () => { counts.revoked++ })
  const answerToken = provider.callback()

  async function logIn () {
    const client = await provider.Client.find(CLIENT.id)
    const grant = new provider.Grant({ accountId: 'police', clientId: client.clientId })
    grant.addOIDCScope('offline_access tweet.write')
    const token = new provider.RefreshToken({
      accountId: 'police', client, grantId: await grant.save(), scope: 'offline_access tweet.write', gty: 'authorization_code'
    })
    return token.save()
  }

  // Somebody allows what that page asks for. Whoever comes with the code must know the verifier.
  async function allow (query) {
    const client = await provider.Client.find(query.get('client_id'))
    const grant = new provider.Grant({ accountId: 'police', clientId: client.clientId })
    grant.addOIDCScope('offline_access tweet.write')
    const code = new provider.AuthorizationCode({
      accountId: 'police',
      client,
      grantId: await grant.save(),
      redirectUri: query.get('redirect_uri'),
      scope: 'offline_access tweet.write',
      codeChallenge: query.get('code_challenge'),
      codeChallengeMethod: query.get('code_challenge_method')
    })
    return code.save()
  }

  async function isGood (request) {
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization || '') || []
    const found = token && await provider.AccessToken.find(token)
    return Boolean(found && !found.isExpired)
  }

  function say (response, status, value) {
    const body = JSON.stringify(value)
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    response.end(body)
  }

  // The sandbox has tokens of its own, which are renewed behind everybody's back.
  let own = { refresh_token: 'sandbox-police' }
  let renewing

  function onward (method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const request = http.request({ port: sandboxPort, host: '127.0.0.1', method, path, headers }, async answer => {
        const pieces = []
        for await (const piece of answer) pieces.push(piece)
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) })
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  async function renewOwn () {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: own.refresh_token, client_id: 'gateway' })
    const answer = await onward('POST', '/x/2/oauth2/token', { 'Content-Type': 'application/x-www-form-urlencoded' }, `${body}`)
    if (answer.status !== 200) throw new Error(`the sandbox renews nothing: ${answer.body}`)
    own = JSON.parse(answer.body)
  }

  async function asOwn (request, body) {
    const used = own.access_token
    const headers = { ...request.headers, authorization: `Bearer ${used}` }
    const answer = used && await onward(request.method, request.url, headers, body)
    if (answer && answer.status !== 401) return answer
    if (own.access_token === used) {
      renewing = renewing || renewOwn().finally(() => { renewing = undefined })
      await renewing
    }
    return onward(request.method, request.url, { ...headers, authorization: `Bearer ${own.access_token}` }, body)
  }

  async function serve (request, response) {
    if (request.method === 'POST' && request.url === '/x/2/oauth2/token') {
      request.url = '/token'
      return answerToken(request, response)
    }
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const body = Buffer.concat(pieces)
    if (request.url === '/_oauth/login') return say(response, 200, { refresh_token: await logIn() })
    if (request.url.startsWith('/_oauth/allow?')) {
      return say(response, 200, { code: await allow(new URLSearchParams(request.url.split('?')[1])) })
    }
    if (request.url === '/_oauth/counts') return say(response, 200, counts)
    if (request.url === '/_sandbox/clock' && request.method === 'PUT') {
      ahead = Math.max(ahead, Date.parse(JSON.parse(body).now) - realNow())
    }
    const isOurs = request.url.startsWith('/_')
    if (!isOurs && !await isGood(request)) {
      counts.asked++
      if (counts.asked % 4 === 0) await sleep(LATE_MS) // some hear of it only when it is renewed already
      return say(response, 401, { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' })
    }
    const answer = isOurs
      ? await onward(request.method, request.url, request.headers, body)
      : await asOwn(request, body)
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  }

  const server = http.createServer((request, response) => {
    serve(request, response).catch(error => {
      console.error(error)
      response.destroy()
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(`READY ${server.address().port}`))
  process.stdin.on('end', () => process.exit(0)).resume()
}

main()
