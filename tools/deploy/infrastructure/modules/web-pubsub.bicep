// Carries the hub's changes to any number of clients. Its connection string is a secret of the vault.
param location string
param name string
param vaultName string
param hubPrincipalId string
param tags object

@description('Units of 1,000 connections each.')
param units int = 1

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource service 'Microsoft.SignalRService/webPubSub@2024-03-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard_S1', tier: 'Standard', capacity: units }
  properties: {
    disableLocalAuth: false
    publicNetworkAccess: 'Enabled'
    tls: { clientCertEnabled: false }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource connectionString 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'webpubsub-connection-string'
  properties: {
    value: service.listKeys().primaryConnectionString
    contentType: 'WEBPUBSUB_CONNECTION_STRING'
  }
}

resource hubReadsIt 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: connectionString
  name: guid(connectionString.id, hubPrincipalId, secretsUser)
  properties: { roleDefinitionId: secretsUser, principalId: hubPrincipalId, principalType: 'ServicePrincipal' }
}
