// An identity for each app: what it may do is said where the thing is that it may do it to.
param location string
param prefix string
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

output writer object = { name: writer.name, principalId: writer.properties.principalId }
output checker object = { name: checker.name, principalId: checker.properties.principalId }
output hub object = { name: hub.name, principalId: hub.properties.principalId }
