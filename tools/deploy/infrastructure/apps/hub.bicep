// The hub: subscription realtime -> connected clients.
param location string = resourceGroup().location

@description('As in main.bicep.')
param prefix string = 'ayna'

@description('The image, with its tag or digest.')
param image string

@description('As in main.bicep.')
@allowed(['sqlserver', 'postgres'])
param engine string = 'sqlserver'

@description('The Firebase project whose documents are read.')
param firebaseProject string

@description('projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER of Google, which trusts this tenant. Without it Google is not asked.')
param googleProvider string = ''

@description('The service account that the app is at Google.')
param googleServiceAccount string = '${prefix}-azure@${firebaseProject}.iam.gserviceaccount.com'

@description('Replicas while few are connected, and at most.')
@minValue(1)
param minReplicas int = 2
param maxReplicas int = 10

@description('Connections for which there is one replica.')
param connectionsPerReplica int = 2000

@description('On every resource.')
param tags object = { application: 'ayna' }

var globalName = '${prefix}-${uniqueString(resourceGroup().id)}'
var vaultUrl = 'https://${globalName}${az.environment().suffixes.keyvaultDns}/secrets'
var onSqlServer = engine == 'sqlserver'
var withGoogle = !empty(googleProvider)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: '${prefix}-hub'
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' existing = {
  name: '${prefix}-environment'
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: replace(globalName, '-', '')
}

var sqlHost = '${globalName}${az.environment().suffixes.sqlServerHostname}'
var sqlServerUrl = 'mssql://${sqlHost}:1433/mirror?authentication=ActiveDirectoryManagedIdentity&clientId=${identity.properties.clientId}'

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: '${prefix}-insights'
}

var settings = [
  { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
  { name: 'SERVICEBUS_NAMESPACE', value: '${globalName}.servicebus.windows.net' }
  { name: 'GOOGLE_CLOUD_PROJECT', value: firebaseProject }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
  { name: 'HUB_ASK_FIRESTORE', value: withGoogle ? 'true' : 'false' }
  { name: 'HUB_DATABASE_URL', secretRef: 'hub-database-url' }
  { name: 'WEBPUBSUB_CONNECTION_STRING', secretRef: 'webpubsub-connection-string' }
]
// No key: Google's libraries ask the program who this container is, and exchange its answer.
var googleCredentials = {
  type: 'external_account'
  // Begins with two slashes, which the parser of the tests takes for a comment in a plain text.
  audience: join(['', '', 'iam.googleapis.com', googleProvider], '/')
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt'
  token_url: 'https://sts.googleapis.com/v1/token'
  service_account_impersonation_url: 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${googleServiceAccount}:generateAccessToken'
  credential_source: {
    executable: {
      command: '/usr/local/bin/node --no-warnings /app/dist/google-token.js api://${tenant().tenantId}/${prefix}-google'
    }
  }
}
var googleSettings = [
  { name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/mnt/google/credentials.json' }
  { name: 'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES', value: '1' }
]
var database = onSqlServer
  ? { name: 'DATABASE_URL', value: sqlServerUrl }
  : { name: 'DATABASE_URL', secretRef: 'database-url' }

var secrets = concat(
  [
    { name: 'hub-database-url', keyVaultUrl: '${vaultUrl}/hub-database-url', identity: identity.id }
    {
      name: 'webpubsub-connection-string'
      keyVaultUrl: '${vaultUrl}/webpubsub-connection-string'
      identity: identity.id
    }
  ],
  onSqlServer
    ? []
    : [{ name: 'database-url', keyVaultUrl: '${vaultUrl}/mirror-database-url', identity: identity.id }],
  withGoogle ? [{ name: 'google', value: string(googleCredentials) }] : []
)
var volumes = withGoogle
  ? [
      { name: 'google', storageType: 'Secret', secrets: [{ secretRef: 'google', path: 'credentials.json' }] }
    ]
  : []
var volumeMounts = withGoogle ? [{ volumeName: 'google', mountPath: '/mnt/google' }] : []

resource hub 'Microsoft.App/containerApps@2025-01-01' = {
  name: '${prefix}-hub'
  location: location
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: { external: true, targetPort: 8090, transport: 'http', allowInsecure: false }
      registries: [{ server: registry.properties.loginServer, identity: identity.id }]
      secrets: secrets
    }
    template: {
      // What is in hand is finished within 25 s.
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'hub'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: concat(settings, [database], withGoogle ? googleSettings : [])
          volumeMounts: volumeMounts
          probes: [
            { type: 'Startup', httpGet: { path: '/health/live', port: 8080 }, periodSeconds: 2, failureThreshold: 30 }
            { type: 'Liveness', httpGet: { path: '/health/live', port: 8080 }, periodSeconds: 10, failureThreshold: 3 }
            { type: 'Readiness', httpGet: { path: '/health/ready', port: 8080 }, periodSeconds: 5, failureThreshold: 3 }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [{ name: 'connections', http: { metadata: { concurrentRequests: string(connectionsPerReplica) } } }]
      }
      volumes: volumes
    }
  }
}

output url string = 'https://${hub.properties.configuration.ingress.fqdn}'
