// PostgreSQL: the log of the hubs and, where it is the engine, the mirror. Its URLs are secrets of the vault.
param location string
param name string
param administrator string
@secure()
param password string
param withMirror bool
param gatewayAddresses array
param vaultName string
param writerPrincipalId string
param checkerPrincipalId string
param hubPrincipalId string
param tags object

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' }
  properties: {
    version: '16'
    administratorLogin: administrator
    administratorLoginPassword: password
    storage: { storageSizeGB: 64, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    network: { publicNetworkAccess: 'Enabled' }
    authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' }
  }
}

resource hubDatabase 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: 'hub'
  properties: { charset: 'UTF8', collation: 'en_US.utf8' }
}

resource mirrorDatabase 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = if (withMirror) {
  parent: server
  name: 'mirror'
  properties: { charset: 'UTF8', collation: 'en_US.utf8' }
}

resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = {
  parent: server
  name: 'from-azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

// The gateway knocks from Google.
resource fromGateway 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = [
  for (address, index) in (withMirror ? gatewayAddresses : []): {
    parent: server
    name: 'gateway-${index}'
    properties: { startIpAddress: address, endIpAddress: address }
  }
]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

var login = 'postgres://${administrator}:${uriComponent(password)}@${server.properties.fullyQualifiedDomainName}:5432'

resource hubUrl 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'hub-database-url'
  properties: { value: '${login}/${hubDatabase.name}?sslmode=verify-full', contentType: 'HUB_DATABASE_URL' }
}

resource mirrorUrl 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (withMirror) {
  parent: vault
  name: 'mirror-database-url'
  properties: { value: '${login}/mirror?sslmode=verify-full', contentType: 'DATABASE_URL' }
}

resource hubReadsItsUrl 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hubUrl
  name: guid(hubUrl.id, hubPrincipalId, secretsUser)
  properties: { roleDefinitionId: secretsUser, principalId: hubPrincipalId, principalType: 'ServicePrincipal' }
}

resource writerReadsItsUrl 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withMirror) {
  scope: mirrorUrl
  name: guid(mirrorUrl.id, writerPrincipalId, secretsUser)
  properties: { roleDefinitionId: secretsUser, principalId: writerPrincipalId, principalType: 'ServicePrincipal' }
}

resource checkerReadsItsUrl 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withMirror) {
  scope: mirrorUrl
  name: guid(mirrorUrl.id, checkerPrincipalId, secretsUser)
  properties: { roleDefinitionId: secretsUser, principalId: checkerPrincipalId, principalType: 'ServicePrincipal' }
}

resource hubReadsTheMirrorsUrl 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (withMirror) {
  scope: mirrorUrl
  name: guid(mirrorUrl.id, hubPrincipalId, secretsUser)
  properties: { roleDefinitionId: secretsUser, principalId: hubPrincipalId, principalType: 'ServicePrincipal' }
}
