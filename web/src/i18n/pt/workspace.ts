import type english from '../en/workspace'
import type { Translation } from '../messages'

const texts: Translation<typeof english> = {
  title: 'Configurações do workspace',
  lead: 'Chaves de provedores, chaves de API, registros e uso pertencem a um workspace.',
  name: 'Nome',
  id: 'Id',
  idHint: 'Para a API GraphQL.',
  yours: 'Seus workspaces',
  current: 'Atual',
  open: 'Abrir {name}',
  renamed: 'O workspace agora se chama {name}.',
  badName: 'Um nome tem de 1 a 100 caracteres.',
  accountTitle: 'Conta',
  profile: 'Perfil',
  email: 'E-mail',
  taken: 'Já existe uma conta com este e-mail.',
  badEmail: 'Este e-mail não pode ser usado.',
  profileSaved: 'Seu perfil foi salvo.',
  password: 'Senha',
  passwordLead: 'Ao mudá-la, todos os outros navegadores são desconectados.',
  currentPassword: 'Senha atual',
  newPassword: 'Nova senha',
  newPasswordHint: 'Pelo menos 8 caracteres.',
  wrongPassword: 'A senha atual está incorreta.',
  badPassword: 'A senha precisa ter de 8 a 256 caracteres.',
  changePassword: 'Mudar senha',
  passwordChanged: 'A senha foi mudada. Os outros navegadores foram desconectados.',
  sessions: 'Sessões',
  sessionsLead: 'Encerra todas as sessões desta conta, inclusive esta.',
  logOutEverywhere: 'Sair de todos os lugares',
  logOutEverywhereAsk: 'Sair de todos os lugares?',
  behaviour: 'Comportamento',
  shortcutsLabel: 'Atalhos de uma tecla',
  shortcutsHint: 'Como g e depois l para os registros. Ctrl+K ou ⌘K funciona sempre.',
}

export default texts
