// An identity for each app: what it may do is said where the thing is that it may do it to.
param location string
param prefix string
param triggersGoogleId string
param gatewayGoogleId string
param tags object

resource writer 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-writer'
  location: location
  tags: tags
}

resource checker 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-checker'
  location: location
  tags: tags
}

resource hub 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-hub'
  location: location
  tags: tags
}

// The functions run in Google. Their service accounts are these identities, by what Google says of them.
resource triggers 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-triggers'
  location: location
  tags: tags
}

resource triggersInGoogle 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = if (!empty(triggersGoogleId)) {
  parent: triggers
  name: 'google'
  properties: {
    issuer: 'https://accounts.google.com'
    subject: triggersGoogleId
    audiences: ['api://AzureADTokenExchange']
  }
}

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${prefix}-gateway'
  location: location
  tags: tags
}

resource gatewayInGoogle 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = if (!empty(gatewayGoogleId)) {
  parent: gateway
  name: 'google'
  properties: {
    issuer: 'https://accounts.google.com'
    subject: gatewayGoogleId
    audiences: ['api://AzureADTokenExchange']
  }
}

output writer object = { name: writer.name, principalId: writer.properties.principalId }
output checker object = { name: checker.name, principalId: checker.properties.principalId }
output hub object = { name: hub.name, principalId: hub.properties.principalId }
output triggers object = {
  name: triggers.name
  principalId: triggers.properties.principalId
  clientId: triggers.properties.clientId
}
output gateway object = { name: gateway.name, clientId: gateway.properties.clientId }
